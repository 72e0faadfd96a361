//! The crate as its users see it: messages, documents, and one description
//! behind checker and schema.

mod agreement;
mod common;
mod documents;
mod messages;
