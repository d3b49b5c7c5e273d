//! Running other programs: to their end or in the background, and ending them on ctrl-c.
//! What the programs are for belongs to the commands.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value;

static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static STOPPED: AtomicBool = AtomicBool::new(false);

fn running() -> MutexGuard<'static, Vec<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on ctrl-c (and SIGTERM, SIGHUP) ends the programs that xtask started, each by its
/// id, while xtask itself goes on to clean up.
pub(crate) fn stop_children_on_signals() -> Result<()> {
    ctrlc::set_handler(|| {
        STOPPED.store(true, Ordering::SeqCst);
        for pid in running().iter() {
            signal(*pid, Signal::SIGTERM);
        }
    })
    .context("cannot listen for ctrl-c")
}

/// Whether somebody asked xtask to stop.
pub(crate) fn stopped() -> bool {
    STOPPED.load(Ordering::SeqCst)
}

fn signal(pid: u32, signal: Signal) {
    if let Ok(pid) = i32::try_from(pid) {
        // An error means that all of it has ended already.
        let _ = killpg(Pid::from_raw(pid), signal);
    }
}

/// Starts a program that [`stop_children_on_signals`] knows about, as a process group of its own:
/// so ctrl-c reaches it once, through xtask, and reaches what it started as well.
fn spawn(command: &mut Command) -> Result<Child> {
    if stopped() {
        bail!("stopped");
    }
    let child = command
        .process_group(0)
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start `{}`", written_out(command)))?;
    running().push(child.id());
    if stopped() {
        // The signal may have come before the program was on the list.
        signal(child.id(), Signal::SIGTERM);
    }
    Ok(child)
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    let status = child.wait();
    running().retain(|pid| *pid != child.id());
    status.context("cannot wait for a program")
}

/// The command as one could type it.
pub(crate) fn written_out(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs to the end on this terminal.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = wait(&mut spawn(command)?)?;
    if status.success() { Ok(()) } else { Err(anyhow!("`{}` failed ({status})", written_out(command))) }
}

/// Runs to the end in silence and says whether it could be run and succeeded.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    output(command).is_ok()
}

/// Runs to the end and gives what it wrote on stdout.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start `{}`", written_out(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", written_out(command), output.status, said.trim());
    }
    String::from_utf8(output.stdout).context("output is not UTF-8")
}

/// Runs something long with its output in `log`, a line of progress on the terminal, and the end
/// of the log there if it fails.
pub(crate) fn run_logged(what: &str, log: &Path, command: &mut Command) -> Result<()> {
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    command.stdout(file.try_clone()?).stderr(file);
    let mut child = spawn(command)?;
    let (done, ended) = channel();
    let waiting = thread::spawn(move || {
        let status = wait(&mut child);
        // Nobody listens only when xtask is ending anyway.
        let _ = done.send(());
        status
    });
    show_progress(what, log, &ended);
    let status = waiting.join().map_err(|_| anyhow!("lost sight of {what}"))??;
    if !status.success() {
        bail!("{what}: `{}` failed ({status}). The end of {}:\n{}", written_out(command), log.display(), tail(log));
    }
    Ok(())
}

/// On a terminal one line that changes every second; elsewhere a new line every half minute.
fn show_progress(what: &str, log: &Path, ended: &Receiver<()>) {
    let started = Instant::now();
    let terminal = std::io::stdout().is_terminal();
    let pause = Duration::from_secs(if terminal { 1 } else { 30 });
    while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let seconds = started.elapsed().as_secs();
        let last: String = tail(log).lines().last().unwrap_or_default().trim().chars().take(50).collect();
        let line = format!("  {what}: {}:{:02}  {last}", seconds / 60, seconds % 60);
        if terminal {
            print!("\r\x1b[2K{line}");
            // A lost line of progress is no reason to fail.
            let _ = std::io::stdout().flush();
        } else {
            println!("{line}");
        }
    }
    let clear = if terminal { "\r\x1b[2K" } else { "" };
    println!("{clear}  {what}: {} s", started.elapsed().as_secs());
}

/// The last 30 lines of a file.
pub(crate) fn tail(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(30)..).unwrap_or_default().join("\n")
}

/// A program in the background; ended by its id when this value goes away.
pub(crate) struct Background {
    name: &'static str,
    pid: u32,
    log: PathBuf,
    first_line: Receiver<String>,
    ended: Receiver<()>,
}

impl Background {
    /// Starts `command` with its stderr in `log`; `tell` gets its name when it ends.
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        log: PathBuf,
        tell: Sender<&'static str>,
    ) -> Result<Self> {
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdout(Stdio::piped()).stderr(file);
        let mut child = spawn(command)?;
        let pid = child.id();
        let stdout = child.stdout.take().context("no stdout")?;
        let (send_line, first_line) = channel();
        let (send_end, ended) = channel();
        thread::spawn(move || {
            // Reads on after the first line, or the program would stop at a full pipe.
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = send_line.send(line);
            }
        });
        thread::spawn(move || {
            let _ = wait(&mut child);
            let _ = send_end.send(());
            let _ = tell.send(name);
        });
        Ok(Self { name, pid, log, first_line, ended })
    }

    /// Waits for the JSON line by which the program says that it is ready.
    ///
    /// # Errors
    /// When it ends or is silent for two minutes, or the line is not JSON.
    pub(crate) fn ready(&self) -> Result<Value> {
        let line = self.first_line.recv_timeout(Duration::from_secs(120)).map_err(|_| self.failure("did not start"))?;
        serde_json::from_str(&line).with_context(|| format!("{} is ready, but says it as `{line}`", self.name))
    }

    /// An error with the end of the program's log.
    pub(crate) fn failure(&self, how: &str) -> anyhow::Error {
        anyhow!("the {} {how}. The end of {}:\n{}", self.name, self.log.display(), tail(&self.log))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let ended = |limit| self.ended.recv_timeout(Duration::from_secs(limit)) != Err(RecvTimeoutError::Timeout);
        if ended(0) {
            return;
        }
        signal(self.pid, Signal::SIGTERM);
        // The server gives running requests 15 seconds.
        if !ended(20) {
            signal(self.pid, Signal::SIGKILL);
            ended(5);
        }
    }
}
