//! Populations as columns: the one table of each population, as slices.
//!
//! Every population (firms, lines, shelves, importers, final users) lives in
//! one archetype and is spawned once, in a fixed order, so that a row number is
//! an index and a component is a slice. Nothing is despawned: agents leave by a
//! mask.

use bevy_ecs::change_detection::ContiguousMut;
use bevy_ecs::prelude::{Component, Query};
use bevy_ecs::query::{ArchetypeFilter, ContiguousQueryData, QueryData};

/// The only table of a population, as slices.
pub trait OnlyTable<D: QueryData> {
    /// Columns to read.
    ///
    /// # Panics
    /// When the population is empty or spread over several tables; so does
    /// [`OnlyTable::table_mut`].
    fn table(&self) -> <D::ReadOnly as ContiguousQueryData>::Contiguous<'_, '_>
    where
        D::ReadOnly: ContiguousQueryData;

    /// Columns to write.
    fn table_mut(&mut self) -> D::Contiguous<'_, '_>
    where
        D: ContiguousQueryData;
}

impl<D: QueryData, F: ArchetypeFilter> OnlyTable<D> for Query<'_, '_, D, F> {
    fn table(&self) -> <D::ReadOnly as ContiguousQueryData>::Contiguous<'_, '_>
    where
        D::ReadOnly: ContiguousQueryData,
    {
        let chunks = self.contiguous_iter();
        only(chunks.unwrap_or_else(|error| panic!("a population in sparse storage: {error}")))
    }

    fn table_mut(&mut self) -> D::Contiguous<'_, '_>
    where
        D: ContiguousQueryData,
    {
        let chunks = self.contiguous_iter_mut();
        only(chunks.unwrap_or_else(|error| panic!("a population in sparse storage: {error}")))
    }
}

fn only<T>(mut chunks: impl Iterator<Item = T>) -> T {
    let Some(table) = chunks.next() else {
        panic!("an empty population")
    };
    assert!(
        chunks.next().is_none(),
        "a population spread over several tables"
    );
    table
}

/// The slice behind a column to write; nothing reads change ticks in the model.
pub fn raw<'a, T: Component>(column: &'a mut ContiguousMut<'_, T>) -> &'a mut [T] {
    column.bypass_change_detection()
}
