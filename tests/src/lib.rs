//! What tests share: the scripted provider and the harness that boots the real server.

pub mod scripted;
