//! The economy: agents and mechanisms on the ECS, one file each.
