//! `cargo xtask run`: sandbox and server with the demo programme, until ctrl-c.
//! What the demo holds belongs to `okini demo`.

use std::io::IsTerminal;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::channel;

use anyhow::{Context, Result, bail};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::Value;

use crate::arguments::Arguments;
use crate::process::{self, Background};
use crate::workspace::Workspace;
use crate::{apps, setup};

const PORT: u16 = 8080;

/// What can be chosen on the command line.
pub(crate) struct Options {
    port: Option<u16>,
    listen: Option<IpAddr>,
    data: Option<PathBuf>,
    database: Option<String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let options = Self {
            port: arguments.option("--port")?,
            listen: arguments.option("--listen")?,
            data: arguments.option("--data")?,
            database: arguments.option("--database")?,
        };
        arguments.finish(0)?;
        if options.listen.is_some_and(|address| address.is_unspecified()) {
            bail!("--listen wants the address that phones reach this machine by, such as 192.168.1.20");
        }
        Ok(options)
    }

    /// The port that was asked for, else the usual one, else any.
    fn choose_port(&self) -> u16 {
        let address = self.listen.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        match self.port {
            Some(port) => port,
            None if TcpListener::bind((address, PORT)).is_ok() => PORT,
            None => {
                println!("Port {PORT} is taken here, so a free one is used.");
                0
            }
        }
    }
}

/// Sets up, builds, starts both programs, says where they are, and waits.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::for_apps(workspace)?;
    apps::build(workspace)?;
    println!("Building the server and the sandbox (about 6 minutes the first time, later seconds) ...");
    workspace.build_programs()?;

    let (tell, ends) = channel();
    let mut command = Command::new(workspace.program("okini-sandbox"));
    command.args(["--port", "0"]);
    if let Some(address) = options.listen {
        command.arg("--listen").arg(address.to_string());
    }
    let sandbox = Background::start("sandbox", &mut command, workspace.state("sandbox.log"), tell.clone())?;
    let companies = sandbox.ready()?;
    let server =
        Background::start("server", &mut demo(workspace, options, &companies), workspace.state("okini.log"), tell)?;
    announce(&server.ready()?)?;
    println!("Logs: {} and sandbox.log beside it. Ctrl-c ends both.", workspace.state("okini.log").display());

    let first = ends.recv()?;
    if process::stopped() {
        println!("\nStopping.");
        return Ok(());
    }
    Err(if first == "sandbox" { sandbox } else { server }.failure("ended by itself"))
}

fn demo(workspace: &Workspace, options: &Options, companies: &Value) -> Command {
    let data = options.data.clone().unwrap_or_else(|| workspace.root.join("okini-data"));
    let mut command = Command::new(workspace.program("okini"));
    command.args(["demo", "--port", &options.choose_port().to_string()]).arg("--data").arg(data);
    if let Some(address) = options.listen {
        command.arg("--listen").arg(address.to_string());
    }
    if let Some(database) = &options.database {
        command.args(["--database", database]);
    }
    command.args(["--sandbox", &companies.to_string()]);
    command
}

/// Prints what the server's ready line says, for people.
fn announce(ready: &Value) -> Result<()> {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |name: &str| ready.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    println!("\nLogins of the demo:");
    for login in list("logins") {
        println!("  {:<20} {:<28} {}", text(&login, "role"), text(&login, "user"), text(&login, "password"));
    }
    println!("\nConsole:   {}", text(ready, "console_url"));
    let facilities = list("facilities");
    let facility = facilities.first().context("the demo has no facility")?;
    let link = format!("{}/f/{}", text(ready, "url"), text(facility, "code"));
    println!("Facility:  {link}   {}\n", text(facility, "name"));
    println!("{}", terminal_qr(&link, std::io::stdout().is_terminal())?);
    Ok(())
}

/// A QR code in half-block characters, dark on light; without colours it supposes a dark terminal.
fn terminal_qr(link: &str, colours: bool) -> Result<String> {
    let code = QrCode::new(link).context("the link is too long for a QR code")?;
    let mut picture = code.render::<Dense1x2>();
    if !colours {
        picture.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark);
        return Ok(picture.build());
    }
    let lines: Vec<String> = picture.build().lines().map(|line| format!("\x1b[30;107m{line}\x1b[0m")).collect();
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_a_square_with_a_quiet_zone() {
        let drawn = terminal_qr("http://127.0.0.1:8080/f/ABCD2345", false).unwrap();
        let lines: Vec<&str> = drawn.lines().collect();
        let width = lines.first().unwrap().chars().count();
        assert_eq!(lines.len(), width.div_ceil(2));
        assert!(lines.first().unwrap().chars().all(|c| c == '█'));
    }
}
