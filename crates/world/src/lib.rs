//! Base-year accounts: from sourced facts to a balanced world.

mod accounts;
mod balance;
mod dollars;
mod duties;
mod error;
mod facts;
mod gravity;
mod margins;
mod prior;
mod quality;
mod shape;
mod table;

pub use error::WorldError;
pub use facts::Sources;
pub use quality::{Confidence, Mark, Quality};
pub use table::FileSet;

#[cfg(test)]
mod try_out {
    use super::*;
    fn read(y: &str) -> FileSet {
        let dir = format!(
            "{}/../../configs/worlds/{y}/sources",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::read_dir(dir)
            .unwrap()
            .map(|f| f.unwrap().path())
            .map(|p| {
                (
                    p.file_name().unwrap().to_str().unwrap().to_owned(),
                    std::fs::read_to_string(&p).unwrap(),
                )
            })
            .collect()
    }
    #[test]
    fn go() {
        for y in ["2024", "2017"] {
            let mut s = Sources::new(read(y));
            if y == "2017" {
                s = s.on_top_of(Sources::new(read("2024")));
            }
            let f = facts::Facts::read(&s).unwrap();
            let sh = shape::Shape::of(&f);
            let p = prior::prior(&f, &sh).unwrap();
            let pr = margins::problem(&f, &sh, &p).unwrap();
            let t = std::time::Instant::now();
            let b = pr.balance.solve().unwrap();
            eprintln!(
                "{y} rounds {} residual {:e} {:?} margins {} cells {}",
                b.rounds,
                b.residual,
                t.elapsed(),
                pr.balance.margins.len(),
                b.cells.len()
            );
            let a = accounts::close(&sh, &p, &pr, &b).unwrap();
            for n in 0..sh.economies {
                let va: i64 = (0..sh.sectors)
                    .map(|s| a.labour[sh.market(n, s)] + a.surplus[sh.market(n, s)])
                    .sum();
                let moved: f64 = (0..sh.sectors)
                    .map(|s| {
                        (dollars::bn(a.output[sh.market(n, s)]) / p.output[sh.market(n, s)].value
                            - 1.0)
                            .abs()
                    })
                    .fold(0.0, f64::max);
                let z0: f64 = (0..100).map(|c| p.inputs[n * 100 + c].value).sum();
                let dz: f64 = (0..100)
                    .map(|c| {
                        (p.inputs[n * 100 + c].value - dollars::bn(a.inputs[n * 100 + c])).abs()
                    })
                    .sum();
                let ft: Vec<f64> = (0..3)
                    .map(|u| {
                        let f: i64 = (0..10)
                            .map(|k| a.final_use[accounts::Accounts::use_of(&sh, u, n, k)])
                            .sum();
                        dollars::bn(f) / p.final_total[u * sh.economies + n].value - 1.0
                    })
                    .collect();
                eprintln!(
                    "{} va {:.1} duties {:.2} deficit {:.2} maxoutmove {:.3} zmove {:.3} fd {:.3?}",
                    sh.economy(n),
                    dollars::bn(va),
                    dollars::bn(a.duties(&sh, n)),
                    dollars::bn(a.deficit(&sh, n)),
                    moved,
                    dz / z0,
                    ft
                );
            }
        }
    }
}
