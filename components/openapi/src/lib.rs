//! `GET /api/openapi.yaml`: what the API is, for programs. And every address of the API that is nowhere else: there is nothing.

edge::serve!(openapi);
