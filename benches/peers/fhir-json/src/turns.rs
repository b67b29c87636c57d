//! Functions in turns on the same bytes, so that what else the machine does meets all alike.

use rustix::time::{ClockId, clock_gettime};

/// How often everything is measured; what counts is the median.
pub const REPEATS: usize = 3;

/// The processor's time of this thread, in nanoseconds. By the clock on the wall a long turn is interrupted more often than a
/// short one where others use the processor, which favours the faster function.
fn now() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec).expect("a time after the start")
}

/// The median time of a call, in nanoseconds of the processor, of functions that take turns. A turn handles 300 kB or more.
pub fn in_turns<const N: usize>(bytes: usize, mut functions: [&mut dyn FnMut(); N]) -> [f64; N] {
    let calls = (300_000 / bytes.max(1)).clamp(1, 300);
    let rounds = (60_000_000 / (bytes.max(1) * calls)).clamp(9, 101);
    let mut times: [Vec<u64>; N] = std::array::from_fn(|_| Vec::with_capacity(rounds));
    for _ in 0..rounds {
        for (function, times) in functions.iter_mut().zip(&mut times) {
            function();
            let start = now();
            for _ in 0..calls {
                function();
            }
            times.push(now() - start);
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[rounds / 2] as f64 / calls as f64
    })
}

/// The middle of three repeats, of each ratio.
pub fn medians<const N: usize>(mut once: impl FnMut() -> [f64; N]) -> [f64; N] {
    let repeats: [[f64; N]; REPEATS] = std::array::from_fn(|_| once());
    std::array::from_fn(|at| {
        let mut ratios = repeats.map(|repeat| repeat[at]);
        ratios.sort_by(f64::total_cmp);
        ratios[REPEATS / 2]
    })
}

/// The ratios that were measured, and whether each is what is asked for.
pub struct Report {
    pub holds: bool,
}

impl Report {
    /// Prints a ratio with the least it may be, if there is such.
    pub fn at_least(&mut self, what: &str, ratio: f64, limit: Option<f64>) {
        let limit = limit.filter(|_| !ratio.is_nan());
        let asked = limit.map_or_else(String::new, |limit| format!(" (at least {limit})"));
        let failed = limit.is_some_and(|limit| ratio < limit);
        println!("{what}: {ratio:.2}{asked}{}", if failed { " FAILS" } else { "" });
        self.holds &= !failed;
    }

    /// Prints a ratio with the most it may be.
    #[allow(dead_code, reason = "memory alone has such")]
    pub fn at_most(&mut self, what: &str, ratio: f64, limit: f64) {
        let failed = ratio > limit;
        println!(
            "{what}: {ratio:.2} (at most {limit}){}",
            if failed { " FAILS" } else { "" }
        );
        self.holds &= !failed;
    }
}
