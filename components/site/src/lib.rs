//! Every address that does not belong to the API: the site that people use in a browser, whose files are all in this
//! component.

/// The files that `cargo xtask build site` made from `frontend/`.
static SITE: edge::service::site::Site = include!(concat!(env!("OUT_DIR"), "/table.rs"));

edge::serve!(site, SITE);
