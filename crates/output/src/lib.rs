//! Records as Parquet tables, with a manifest, a dictionary and hashes.
