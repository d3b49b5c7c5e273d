//! The API of the real server, over HTTP, on both engines: each area of it in a file.

mod order;
