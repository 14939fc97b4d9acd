//! `GET /api/openapi.yaml`: the description of the API, for programs. The component also answers every address of the API
//! that does not exist.

edge::serve!(openapi);
