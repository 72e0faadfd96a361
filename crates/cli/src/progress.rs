//! How far a run is: a bar on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tradewinds_runner::ensemble::Control;

/// Between two looks at the count.
const LOOK: Duration = Duration::from_millis(100);
/// Between two plain lines.
const SPEAK: Duration = Duration::from_secs(5);

/// Says something about the run on stderr.
pub(crate) fn note(text: &str) {
    // A note that nobody can read is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Does the work and meanwhile tells how many of `runs` are finished.
pub(crate) fn watch<T>(
    control: &Control,
    runs: usize,
    is_quiet: bool,
    work: impl FnOnce() -> T,
) -> T {
    if is_quiet {
        return work();
    }
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| follow(control, runs, &is_done));
        let result = work();
        is_done.store(true, Ordering::Relaxed);
        result
    })
}

fn follow(control: &Control, runs: usize, is_done: &AtomicBool) {
    let on_terminal = std::io::stderr().is_terminal();
    let bar = if on_terminal {
        bar(runs)
    } else {
        ProgressBar::hidden()
    };
    let (start, mut spoken) = (Instant::now(), Instant::now());
    while !is_done.load(Ordering::Relaxed) {
        let finished = control.finished.load(Ordering::Relaxed);
        bar.set_position(finished as u64);
        // The end is told once, below, however long it takes to draw up the result.
        if !on_terminal && finished < runs && spoken.elapsed() >= SPEAK {
            spoken = Instant::now();
            note(&plain(finished, runs, start.elapsed()));
        }
        std::thread::sleep(LOOK);
    }
    bar.finish_and_clear();
    let finished = control.finished.load(Ordering::Relaxed);
    note(&plain(finished, runs, start.elapsed()));
}

fn bar(runs: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(runs as u64), ProgressDrawTarget::stderr());
    let template = if std::env::var_os("NO_COLOR").is_some() {
        "{bar:32} {pos}/{len} runs  {per_sec}  {eta} left"
    } else {
        "{bar:32.cyan/dim} {pos}/{len} runs  {per_sec}  {eta} left"
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// One line: runs, rate, time left.
fn plain(finished: usize, runs: usize, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    let rate = finished as f64 / seconds.max(1e-9);
    let left = match finished {
        0 => String::new(),
        all if all >= runs => format!(", {seconds:.1} s"),
        some => format!(", {:.0} s left", (runs - some) as f64 / rate),
    };
    format!("{finished}/{runs} runs, {rate:.1} a second{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_rate_and_time_left() {
        let line = |finished, seconds| plain(finished, 300, Duration::from_secs(seconds));
        assert_eq!(line(100, 20), "100/300 runs, 5.0 a second, 40 s left");
        assert_eq!(line(300, 60), "300/300 runs, 5.0 a second, 60.0 s");
        assert_eq!(line(0, 3), "0/300 runs, 0.0 a second");
    }

    #[test]
    fn the_work_is_done_once_and_its_result_handed_on() {
        let control = Control::default();
        let result = watch(&control, 2, true, || {
            control.finished.fetch_add(2, Ordering::Relaxed);
            41 + 1
        });
        assert_eq!((result, control.finished.into_inner()), (42, 2));
    }
}
