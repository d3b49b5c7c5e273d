//! The server as a program on a bad day: stopped under load, on bad disks, short of what it needs.

mod disk;
mod durable;
mod house;
mod short;
mod stopping;
