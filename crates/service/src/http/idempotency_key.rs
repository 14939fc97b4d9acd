//! The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07).

use domain::IdempotencyKey;
use http::HeaderMap;
use wire::{FieldCode, FieldError, fields};

use super::problem::ApiError;

/// The key of a request, if it has one.
pub(crate) fn of(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, ApiError> {
    let mut values = headers.get_all(fields::IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    match value.to_str().ok().and_then(IdempotencyKey::parse) {
        Some(key) if values.next().is_none() => Ok(Some(key)),
        _ => Err(ApiError::Invalid(vec![FieldError {
            field: fields::IDEMPOTENCY_KEY.to_owned(),
            code: FieldCode::Invalid,
            detail: "One key of 1 to 128 visible ASCII characters, such as a UUID.".to_owned(),
        }])),
    }
}
