//! Every address that is not the API's: the site that people use in a browser, all of it in this component.

/// What `cargo xtask build site` made of `frontend/`.
static SITE: edge::service::site::Site = include!(concat!(env!("OUT_DIR"), "/table.rs"));

edge::serve!(site, SITE);
