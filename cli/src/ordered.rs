//! Work in parallel, results in order, and never more than a window of both in memory.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// How many results for each worker may wait for an earlier one.
const WINDOW: usize = 8;

/// A job and where its result goes.
type Ticket<J, R> = (J, SyncSender<R>);

/// Makes jobs with `produce`, runs `work` on `workers` threads and gives every result to `consume` in the order of the jobs.
///
/// `produce` hands each job to the function that it is given, and stops when that says `false`; `consume` says `false` to
/// stop early. A `work` that panics gives what `on_panic` makes: the others go on. At most `8 * workers` jobs and results exist at any time.
pub(crate) fn run<J: Send, R: Send>(
    workers: NonZeroUsize,
    produce: impl FnOnce(&mut dyn FnMut(J) -> bool) + Send,
    work: impl Fn(J) -> R + Sync,
    on_panic: impl Fn() -> R + Sync,
    mut consume: impl FnMut(R) -> bool,
) {
    let window = workers.get() * WINDOW;
    let (tickets, jobs) = sync_channel::<Ticket<J, R>>(window);
    // Bounds everything: a job is announced here before it is queued, and leaves when its result is consumed.
    let (announced, results) = sync_channel::<Receiver<R>>(window);
    let jobs = Mutex::new(jobs);
    thread::scope(|scope| {
        for _ in 0..workers.get() {
            scope.spawn(|| {
                while let Some((job, result)) = next(&jobs) {
                    let done = catch_unwind(AssertUnwindSafe(|| work(job))).unwrap_or_else(|_| on_panic());
                    // Nobody waits for it after an early stop.
                    let _ = result.send(done);
                }
            });
        }
        scope.spawn(move || {
            produce(&mut |job| {
                let (result, receiver) = sync_channel(1);
                announced.send(receiver).is_ok() && tickets.send((job, result)).is_ok()
            });
        });
        for result in results {
            let Ok(result) = result.recv() else { break };
            if !consume(result) {
                break;
            }
        }
    });
}

fn next<J, R>(jobs: &Mutex<Receiver<Ticket<J, R>>>) -> Option<Ticket<J, R>> {
    // A poisoned lock only says that another worker panicked while it waited.
    let jobs = jobs.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    jobs.recv().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    const WORKERS: NonZeroUsize = NonZeroUsize::new(4).unwrap();

    fn numbers(count: usize) -> impl FnOnce(&mut dyn FnMut(usize) -> bool) + Send {
        move |job| {
            let _ = (0..count).all(job);
        }
    }

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        let mut results = Vec::new();
        let slow_at_first = |job: usize| {
            thread::sleep(Duration::from_micros(((job * 7919) % 13) as u64 * 50));
            job * 2
        };
        run(
            WORKERS,
            numbers(500),
            slow_at_first,
            || 0,
            |result| {
                results.push(result);
                true
            },
        );
        assert_eq!(results, (0..500).map(|job| job * 2).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_than_the_window_is_made_ahead() {
        let made = AtomicUsize::new(0);
        let mut consumed = 0;
        let mut furthest = 0;
        run(
            WORKERS,
            |job| {
                let _ = (0..2000).all(|number| {
                    made.fetch_add(1, Ordering::SeqCst);
                    job(number)
                });
            },
            |job: usize| job,
            || 0,
            |_| {
                furthest = furthest.max(made.load(Ordering::SeqCst) - consumed);
                consumed += 1;
                true
            },
        );
        assert_eq!(consumed, 2000);
        // One more is in the producer's hand and one is being consumed.
        assert!(furthest <= WORKERS.get() * WINDOW + 2, "{furthest}");
    }

    #[test]
    fn an_early_stop_ends_everything() {
        let mut consumed = 0;
        run(
            WORKERS,
            numbers(usize::MAX),
            |job| job,
            || 0,
            |_| {
                consumed += 1;
                consumed < 10
            },
        );
        assert_eq!(consumed, 10);
    }

    #[test]
    fn a_panic_is_one_result_and_the_rest_goes_on() {
        let mut results = Vec::new();
        let work = |job: usize| if job == 3 { panic!("job") } else { job };
        run(
            WORKERS,
            numbers(6),
            work,
            || 99,
            |result| {
                results.push(result);
                true
            },
        );
        assert_eq!(results, [0, 1, 2, 99, 4, 5]);
    }
}
