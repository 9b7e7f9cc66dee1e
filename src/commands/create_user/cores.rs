//! Work on all cores. Where no thread can be started, this one does it all.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many cores there are for this process.
pub(super) fn count() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Works on every item, and returns the results in their order.
pub(super) fn map<T: Send, R: Send>(items: &mut [T], work: impl Fn(&mut T) -> R + Sync) -> Vec<R> {
    let mut results: Vec<Option<R>> = items.iter().map(|_| None).collect();
    let threads = count().min(items.len());
    let queue = Mutex::new(items.iter_mut().zip(&mut results));
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        while let Some((item, result)) = next() {
            *result = Some(work(item));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            if thread::Builder::new().spawn_scoped(scope, run).is_err() {
                break;
            }
        }
        run();
    });
    results.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_the_results_keep_their_order() {
        for size in [0, 1, 2, 1_000] {
            let mut items: Vec<usize> = (0..size).collect();
            let results = map(&mut items, |item| {
                *item += 1;
                *item * 2
            });
            assert_eq!(items, (1..=size).collect::<Vec<_>>());
            assert_eq!(results, (1..=size).map(|n| n * 2).collect::<Vec<_>>());
        }
    }
}
