//! Worlds of the sizes in use, timed on request.

use crate::support::{Draft, across_borders, with_stores};
use tradewinds_equilibrium::{Economy, Labour, Shock, solve};

fn timed(economies: usize, sectors: usize, labour: Labour) {
    let parts = Draft {
        home: 3.0,
        materials: 0.5,
        spread: 4.0,
        ..Draft::new(economies, sectors, 61)
    }
    .nested()
    .parts();
    let economy = Economy::new(with_stores(parts)).unwrap();
    let duty = across_borders(&economy, &economy.import_duty, |n, _, _, base| {
        if n == 0 { base + 0.15 } else { base }
    });
    let start = std::time::Instant::now();
    let found = solve(
        &economy,
        &Shock {
            import_duty: Some(duty),
            labour,
            ..Shock::default()
        },
    )
    .unwrap();
    eprintln!(
        "{economies} x {sectors} {labour:?}: {:.3} s, {} evaluations, gap {:e}",
        start.elapsed().as_secs_f64(),
        found.evaluations,
        found.labour_gap
    );
    assert!(found.labour_gap < 1e-12);
}

#[test]
fn a_world_of_twelve_economies_and_eight_sectors_converges() {
    timed(12, 8, Labour::Mobile);
}

#[test]
#[ignore = "a timing, for a release build"]
fn worlds_of_the_sizes_in_use_are_timed() {
    timed(31, 40, Labour::Mobile);
    timed(31, 40, Labour::Fixed);
    timed(160, 40, Labour::Mobile);
}
