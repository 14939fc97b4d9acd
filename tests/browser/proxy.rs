//! A proxy between the browser and the app, which spoils answers.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use crate::harness::client::Client;

/// Gets the path of a request and the answer of the app, and returns the answer for the browser; None for none at all.
pub(crate) type Spoil = fn(&str, Vec<u8>) -> Option<Vec<u8>>;

/// Starts a proxy, which runs until the process ends, and returns a client of it. It forwards requests without a body.
#[track_caller]
pub(crate) fn proxy(app: &Client, spoil: Spoil) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, app) = (listener.local_addr().unwrap(), app.authority());
    std::thread::spawn(move || {
        for browser in listener.incoming().flatten() {
            let app = app.clone();
            // A connection that breaks is the browser's own affair.
            std::thread::spawn(move || forward(browser, &app, spoil));
        }
    });
    Client::own(&format!("http://{address}"))
}

fn forward(mut browser: TcpStream, app: &str, spoil: Spoil) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !request.ends_with(b"\r\n\r\n") {
        match browser.read(&mut chunk)? {
            0 => return Ok(()),
            length => request.extend_from_slice(&chunk[..length]),
        }
    }
    let request = String::from_utf8_lossy(&request).replace("Connection: keep-alive", "Connection: close");
    let mut answer = Vec::new();
    let mut app = TcpStream::connect(app)?;
    app.write_all(request.as_bytes())?;
    app.read_to_end(&mut answer)?;
    let path = request.split(' ').nth(1).unwrap_or_default();
    match spoil(path, answer) {
        Some(answer) => browser.write_all(&answer),
        // Ends when the browser gives up.
        None => browser.read(&mut chunk).map(drop),
    }
}
