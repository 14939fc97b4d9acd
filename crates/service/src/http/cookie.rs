//! Cookies (RFC 6265bis). Each cookie is sent to one path only, and no script can read it.

use http::header::{COOKIE, ORIGIN};
use http::request::Parts;
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue};

use super::origin::Origin;

/// A cookie that the app sets: `HttpOnly`, `SameSite=Strict`, for one path. On a port that is not the default of its scheme,
/// the port follows its name.
pub(crate) struct Cookie {
    pub(crate) name: &'static str,
    /// The name over https. It begins with `__Secure-`, so no page fetched over http can set such a cookie.
    pub(crate) secure_name: &'static str,
    pub(crate) path: &'static str,
}

/// How many cookies of one name are looked at, so that a request with more of them costs no more.
const MAX_VALUES: usize = 4;

impl Cookie {
    /// The values of this cookie in a request, the first [`MAX_VALUES`] of them. There may be several: a page of another host
    /// can set a cookie for the whole domain. Over https only cookies with the secure name count.
    pub(crate) fn values<'a>(&self, request: &'a Parts) -> Vec<&'a str> {
        // A browser that asks by https sends the cookies for https with a page by http too.
        let of_http_page = origin(request).is_some_and(|origin| !origin.is_https());
        let secure = Some(self.secure_name).filter(|_| !of_http_page);
        let plain = Some(self.name).filter(|_| !is_https(request));
        let port = port(request);
        // The name without the port is that of an earlier version, whose sessions go on.
        let names = secure.into_iter().chain(plain).flat_map(|name| [on_port(name, port), name.to_owned()]);
        names.map(|name| find(&request.headers, &name)).find(|values| !values.is_empty()).unwrap_or_default()
    }

    /// The value of `Set-Cookie` that keeps a value for some seconds; 0 seconds delete the cookie. A value with bytes that
    /// a cookie can't contain is replaced by the empty one.
    pub(crate) fn set(&self, request: &Parts, value: &str, max_age_seconds: u64) -> HeaderValue {
        let path = self.path;
        let attributes = format!("Path={path}; Max-Age={max_age_seconds}; HttpOnly; SameSite=Strict");
        let plain = value.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b',' | b';' | b'\\'));
        let value = if plain { value } else { "" };
        let (name, secure) = if is_https(request) { (self.secure_name, "; Secure") } else { (self.name, "") };
        let text = format!("{}={value}; {attributes}{secure}", on_port(name, port(request)));
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }

    /// The value of `Set-Cookie` that makes a browser forget the cookie.
    pub(crate) fn forget(&self, request: &Parts) -> HeaderValue {
        self.set(request, "", 0)
    }
}

/// The values of the first cookies with a name. A request may have several `Cookie` headers (RFC 9113, section 8.2.3).
fn find<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let headers = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim()).take(MAX_VALUES).collect()
}

/// The name of a cookie on a port that is not the default of its scheme. Browsers send the cookies of a host to all of its
/// ports, so that another app there would replace a cookie of the same name.
fn on_port(name: &str, port: Option<u16>) -> String {
    port.map_or_else(|| name.to_owned(), |port| format!("{name}-{port}"))
}

/// The port that a browser has asked, unless it is the default. A proxy may pass on another one in `Host`, but browsers send
/// `Origin` with every request that has to do with cookies here. For a program that sends none, the name has no port.
fn port(request: &Parts) -> Option<u16> {
    origin(request)?.port()
}

fn origin(request: &Parts) -> Option<Origin> {
    request.headers.get(ORIGIN).and_then(Origin::of_header).filter(Origin::is_of_the_web)
}

/// Whether the client uses https. Behind a proxy that speaks http to us, the `Origin` header of a browser shows it.
fn is_https(request: &Parts) -> bool {
    origin(request).is_some_and(|origin| origin.is_https()) || request.uri.scheme() == Some(&Scheme::HTTPS)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    const COOKIE: Cookie = Cookie { name: "latch", secure_name: "__Secure-latch", path: "/api/session" };

    fn request(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn finds_the_cookies_of_its_name() {
        for (cookies, values) in [
            (&["latch=a.b"][..], &["a.b"][..]),
            (&["x=1; latch=a; y=2"], &["a"]),
            (&["x=1", "latch=a"], &["a"]),
            (&["latch=a=b"], &["a=b"]),
            (&["latch="], &[""]),
            (&["__Secure-latch=s; latch=a"], &["s"]),
            (&["latch=a; __Secure-latch=s; __Secure-latch=t"], &["s", "t"]),
            (&["latch=a; latch=b"], &["a", "b"]),
            (&["latch=a", "latch=a"], &["a", "a"]),
            (&["latch=a; latch=b; latch=c", "latch=d; latch=e"], &["a", "b", "c", "d"]),
            (&["latch"], &[]),
            (&["Latch=a"], &[]),
            (&["xlatch=a; latch2=b"], &[]),
            (&[""], &[]),
            (&[], &[]),
        ] {
            let headers: Vec<_> = cookies.iter().map(|value| ("cookie", *value)).collect();
            assert_eq!(COOKIE.values(&request("/", &headers)), values, "{cookies:?}");
        }
    }

    #[test]
    fn by_https_a_cookie_that_a_page_by_http_could_have_set_does_not_count() {
        let planted = ("cookie", "latch=planted");
        let none: [&str; 0] = [];
        assert_eq!(COOKIE.values(&request("https://a.example/", &[planted])), none);
        assert_eq!(COOKIE.values(&request("http://a.example/", &[planted, ("origin", "https://a.example")])), none);
        assert_eq!(COOKIE.values(&request("http://a.example/", &[planted])), ["planted"]);
    }

    #[test]
    fn on_a_port_of_its_own_a_cookie_has_a_name_of_its_own() {
        for (uri, headers, name) in [
            ("http://a.example/", &[][..], "latch"),
            ("http://a.example:80/", &[], "latch"),
            ("http://a.example:3000/", &[], "latch"),
            ("http://a.example:443/", &[("origin", "https://a.example")], "__Secure-latch"),
            ("http://a.example:3000/", &[("origin", "http://a.example")], "latch"),
            ("http://inner/", &[("origin", "http://a.example:8080")], "latch-8080"),
            ("http://inner:3000/", &[("origin", "https://a.example:8443")], "__Secure-latch-8443"),
            ("https://a.example:8443/", &[], "__Secure-latch"),
            ("http://a.example:3000/", &[("origin", "null")], "latch"),
            ("/", &[], "latch"),
        ] {
            let request_with = |cookies: &str| request(uri, &[headers, &[("cookie", cookies)]].concat());
            let set = COOKIE.set(&request_with(""), "a", 60);
            assert!(set.to_str().unwrap().starts_with(&format!("{name}=a; ")), "{uri} {headers:?}: {set:?}");
            let cookies = format!("__Secure-latch-9=x; latch-9=y; {name}=b");
            assert_eq!(COOKIE.values(&request_with(&cookies)), ["b"], "{uri} {headers:?}");
        }
        let page = ("origin", "http://a.example:3000");
        let both = request("/", &[page, ("cookie", "latch=before; latch-3000=now")]);
        assert_eq!(COOKIE.values(&both), ["now"]);
        let before = request("/", &[page, ("cookie", "latch=before; latch-30=other")]);
        assert_eq!(COOKIE.values(&before), ["before"]);
    }

    #[test]
    fn sets_and_forgets() {
        let http = request("http://localhost/", &[]);
        assert_eq!(COOKIE.set(&http, "a.b", 60), "latch=a.b; Path=/api/session; Max-Age=60; HttpOnly; SameSite=Strict");
        let proxied = request("http://a.example/", &[("origin", "https://a.example")]);
        assert_eq!(
            COOKIE.forget(&proxied),
            "__Secure-latch=; Path=/api/session; Max-Age=0; HttpOnly; SameSite=Strict; Secure"
        );
        for value in ["a;b", "a b", "a\r\nb", "é", "a\"", "a,b"] {
            let none = "latch=; Path=/api/session; Max-Age=1; HttpOnly; SameSite=Strict";
            assert_eq!(COOKIE.set(&http, value, 1), none, "{value}");
        }
    }
}
