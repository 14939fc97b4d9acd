use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign as sign_request};
use aws_sigv4::sign::v4::SigningParams;

use crate::settings::Settings;

/// The headers of a request for an action, with a signature of AWS (version 4) over them and the body. DynamoDB takes it for
/// five minutes.
///
/// # Errors
/// Something can't be signed; the text names no value.
pub fn sign(settings: &Settings, action: &str, body: &[u8], now: SystemTime) -> Result<Vec<(String, String)>, String> {
    let Settings { region, credentials, endpoint, .. } = settings;
    let token = credentials.session_token.clone();
    let identity = Credentials::new(&credentials.id, &credentials.secret, token, None, "variables").into();
    let unsigned = [
        ("content-type", "application/x-amz-json-1.0".to_owned()),
        ("x-amz-target", format!("DynamoDB_20120810.{action}")),
    ];
    let signed = || {
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name("dynamodb")
            .time(now)
            .settings(SigningSettings::default())
            .build()
            .ok()?
            .into();
        let host = [("host", endpoint.authority.as_str())];
        let headers = host.into_iter().chain(unsigned.iter().map(|(name, value)| (*name, value.as_str())));
        let request = SignableRequest::new("POST", endpoint.url(), headers, SignableBody::Bytes(body)).ok()?;
        Some(sign_request(request, &parameters).ok()?.into_parts().0.into_parts().0)
    };
    let signed = signed().ok_or("a request can't be signed with these credentials")?;
    let signed = signed.into_iter().map(|header| (header.name().to_owned(), header.value().to_owned()));
    Ok(unsigned.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(signed).collect())
}
