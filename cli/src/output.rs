//! Standard output and standard error as the commands use them.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::process::ExitCode;

use crate::failure::Failure;

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Every input is good.
    Good,
    /// Some input has errors.
    Errors,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Good => Self::SUCCESS,
            Status::Errors => Self::FAILURE,
        }
    }
}

/// Standard output, buffered; a reader that went away ends the writing and is no error.
pub(crate) struct Output {
    out: BufWriter<StdoutLock<'static>>,
    live: bool,
    error: Option<io::Error>,
}

impl Output {
    /// Locks standard output for the rest of the run.
    pub(crate) fn standard() -> Self {
        let stdout = io::stdout().lock();
        let live = stdout.is_terminal();
        Self {
            out: BufWriter::with_capacity(1 << 16, stdout),
            live,
            error: None,
        }
    }

    /// Writes one result; `false` says that nobody takes more.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> bool {
        let flush = |out: &mut BufWriter<_>| if self.live { out.flush() } else { Ok(()) };
        match self.out.write_all(bytes).and_then(|()| flush(&mut self.out)) {
            Ok(()) => true,
            Err(error) => {
                self.error = Some(error);
                false
            }
        }
    }

    /// Writes what is buffered and says whether everything arrived.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let error = self.error.take().or_else(|| self.out.flush().err());
        // What could not be written is not tried again.
        let _ = self.out.into_parts();
        match error {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::io("output-unwritable", &error))
            }
            _ => Ok(()),
        }
    }
}

/// Writes one line for people; if standard error is gone there is nobody to tell.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
