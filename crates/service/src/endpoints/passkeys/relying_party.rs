//! The site to which passkeys belong: its origin, and the host of that as the RP ID.

use domain::RelyingParty;
use http::header::ORIGIN;

use super::call::Call;
use crate::context::Platform;
use crate::http::origin::{Origin, authority};
use crate::http::problem::ApiError;
use crate::http::same_origin::check_same_origin;

impl<P: Platform> Call<'_, P> {
    /// By `site_origin` or, on the machine itself, by the request.
    pub(super) fn relying_party(&self) -> Result<RelyingParty, ApiError> {
        let request = &self.incoming.parts;
        let page = request.headers.get(ORIGIN).and_then(Origin::of_header);
        let origin = match &self.settings.site_origin {
            Some(site) if page.as_ref().is_some_and(|page| page != site) => {
                return Err(ApiError::NoPasskeysHere(format!("Passkeys work at {site} alone.")));
            }
            Some(site) => site.clone(),
            None => {
                // A page of another site must not have ceremonies for its own origin.
                check_same_origin(request, &self.settings.address_source).map_err(|_| no_site_origin())?;
                let asked = || authority(request).and_then(|authority| Origin::parse(&format!("http://{authority}")));
                let page = page.or_else(asked).ok_or_else(no_site_origin)?;
                local(page)?
            }
        };
        Ok(RelyingParty::new(origin.host(), &origin.to_string()))
    }
}

/// Without the variable, anybody who makes a name lead here could have ceremonies for that name.
const NO_SITE_ORIGIN: &str = "Passkeys work here once the server's variable site_origin is the origin of the site, such as \
                              https://board.example.com.";

fn no_site_origin() -> ApiError {
    ApiError::NoPasskeysHere(NO_SITE_ORIGIN.to_owned())
}

fn local(page: Origin) -> Result<Origin, ApiError> {
    if page.is_localhost() {
        return Ok(page);
    }
    if !page.is_loopback() {
        return Err(no_site_origin());
    }
    let port = page.port().map_or_else(String::new, |port| format!(":{port}"));
    let detail = format!("Browsers have no passkeys for addresses. Open http://localhost{port} instead.");
    Err(ApiError::NoPasskeysHere(detail))
}
