//! The progress bar: on a terminal alone, for work that takes long enough to ask.

use std::io::{IsTerminal, stderr, stdout};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows how many bytes of the input are done.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar on standard error, if that is a terminal that the results do not go to; `total` is unknown for standard input.
    pub(crate) fn new(total: Option<u64>) -> Self {
        if !stderr().is_terminal() || stdout().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = match total {
            Some(total) => ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(5)),
            None => ProgressBar::new_spinner(),
        };
        let template = if total.is_some() {
            "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {msg}"
        } else {
            "{spinner} {bytes} {bytes_per_sec} {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// One more message or resource of this many bytes is done.
    pub(crate) fn done(&self, bytes: usize, count: usize) {
        self.0.inc(bytes as u64);
        self.0.set_message(format!("{count} done"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
