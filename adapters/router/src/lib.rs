//! One component in the place of all: it asks the endpoint that `spin.toml` names for the path of a request, for hosts that run
//! one component. It reads nothing else of the request.

mod bindings;
mod table;

use crate::bindings::exports::wasi::http::incoming_handler::{Guest, IncomingRequest, ResponseOutparam};
use crate::bindings::{account, authorizer, login, messages, moderation, openapi, passkeys, session, signup, site};
use crate::table::Component;

struct Router;

impl Guest for Router {
    fn handle(request: IncomingRequest, response: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        match Component::at(path) {
            Component::Account => account::handle(request, response),
            Component::Authorizer => authorizer::handle(request, response),
            Component::Login => login::handle(request, response),
            Component::Messages => messages::handle(request, response),
            Component::Moderation => moderation::handle(request, response),
            Component::Openapi => openapi::handle(request, response),
            Component::Passkeys => passkeys::handle(request, response),
            Component::Session => session::handle(request, response),
            Component::Signup => signup::handle(request, response),
            Component::Site => site::handle(request, response),
        }
    }
}

bindings::export!(Router with_types_in bindings);
