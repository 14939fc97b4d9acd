/// Programs that are no browsers, by the names that they give themselves.
const PROGRAMS: [&str; 27] = [
    "aiohttp",
    "Apache-HttpClient",
    "axios",
    "Bun",
    "curl",
    "Dart",
    "Deno",
    "Faraday",
    "Go-http-client",
    "GuzzleHttp",
    "HTTPie",
    "insomnia",
    "Java",
    "Java-http-client",
    "libwww-perl",
    "node",
    "node-fetch",
    "okhttp",
    "PostmanRuntime",
    "PowerShell",
    "python-httpx",
    "python-requests",
    "Python-urllib",
    "Ruby",
    "undici",
    "Wget",
    "WindowsPowerShell",
];

/// What the `User-Agent` of a robot contains: the address of whoever sends it, or what it is.
const ROBOTS: [&str; 4] = ["+http", "bot/", "Bot/", "pider/"];

/// The order matters: the `User-Agent` of many browsers also contains the names of other browsers, so the first match
/// counts.
const BROWSERS: [(&str, &str); 39] = [
    ("Electron/", "App"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPX/", "Opera"),
    ("OPiOS/", "Opera"),
    ("Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("UCBrowser/", "UC Browser"),
    ("QQBrowser/", "QQ Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("VivoBrowser/", "Vivo Browser"),
    ("HeyTapBrowser/", "HeyTap Browser"),
    ("Whale/", "Whale"),
    ("Silk/", "Silk"),
    ("Brave/", "Brave"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("GSA/", "Google app"),
    ("MicroMessenger/", "WeChat"),
    ("FBAN/", "Facebook"),
    ("FBAV/", "Facebook"),
    ("Instagram", "Instagram"),
    ("Line/", "LINE"),
    ("; wv)", "App"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("MSIE ", "Internet Explorer"),
    ("Trident/", "Internet Explorer"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Here too the first match counts.
const SYSTEMS: [(&str, &str); 14] = [
    ("Windows Phone", "Windows Phone"),
    ("iPhone", "iOS"),
    ("iPod", "iOS"),
    ("iPad", "iPadOS"),
    ("KAIOS/", "KaiOS"),
    ("Tizen", "Tizen"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("Linux", "Linux"),
];

/// Browser or program and system in words, as in `Firefox on Linux`, taken from the `User-Agent` of a request. Only names
/// from fixed lists are returned, so no text that a client invents is kept or shown.
pub fn client_in_words(user_agent: &str) -> String {
    let named = |table: &[(&str, &'static str)]| {
        table.iter().find(|(token, _)| user_agent.contains(token)).map(|(_, name)| *name)
    };
    let program = user_agent.split(' ').find_map(|product| {
        let name = product.split('/').next()?;
        PROGRAMS.into_iter().find(|program| program.eq_ignore_ascii_case(name))
    });
    // All browsers begin like this, for the sake of very old servers.
    let may_be_browser = ["Mozilla/", "Opera/"].iter().any(|start| user_agent.starts_with(start))
        && !ROBOTS.iter().any(|part| user_agent.contains(part));
    let system = named(&SYSTEMS);
    let client = match (program, named(&BROWSERS)) {
        (Some(program), _) => program,
        (None, _) if !may_be_browser => "Unknown program",
        // Other systems have no Safari, but small browsers that name nothing else.
        (None, Some("Safari")) if !matches!(system, Some("iOS" | "iPadOS" | "macOS")) => "Unknown browser",
        (None, browser) => browser.unwrap_or("Unknown browser"),
    };
    system.map_or_else(|| client.to_owned(), |system| format!("{client} on {system}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IPHONE: &str =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
    const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

    #[track_caller]
    fn are_named(table: &[(&str, &str)]) {
        for (user_agent, words) in table {
            assert_eq!(client_in_words(user_agent), *words, "{user_agent}");
        }
    }

    #[test]
    fn common_browsers_have_their_names() {
        are_named(&[
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (WINDOWS, "Chrome on Windows"),
            (&format!("{WINDOWS} Edg/142.0.0.0"), "Edge on Windows"),
            (&format!("{WINDOWS} OPR/120.0.0.0"), "Opera on Windows"),
            (&format!("{WINDOWS} Vivaldi/7.1"), "Vivaldi on Windows"),
            ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer on Windows"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "Unknown browser on Linux",
            ),
        ]);
    }

    #[test]
    fn browsers_and_apps_of_telephones_have_their_names() {
        let android = "Mozilla/5.0 (Linux; Android 15; CUBOT X90";
        are_named(&[
            (&format!("{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1"), "Safari on iOS"),
            (&format!("{IPHONE} Version/17.0 EdgiOS/126.0.2592.56 Mobile/15E148 Safari/605.1.15"), "Edge on iOS"),
            (&format!("{IPHONE} CriOS/142.0 Mobile/15E148 Safari/604.1"), "Chrome on iOS"),
            (&format!("{IPHONE} FxiOS/140.0 Mobile/15E148 Safari/605.1.15"), "Firefox on iOS"),
            (&format!("{IPHONE} OPiOS/16.0 Mobile/15E148 Safari/9537.53"), "Opera on iOS"),
            (&format!("{IPHONE} Version/18.1 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15"), "DuckDuckGo on iOS"),
            (&format!("{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/480.0]"), "Facebook on iOS"),
            (&format!("{IPHONE} Mobile/15E148"), "Unknown browser on iOS"),
            (&format!("{android}) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36"), "Chrome on Android"),
            (&format!("{android}; wv) Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36"), "App on Android"),
        ]);
    }

    #[test]
    fn programs_are_called_programs() {
        are_named(&[
            ("curl/8.14.1", "curl"),
            ("Wget/1.25.0 (linux-gnu)", "Wget"),
            ("okhttp/4.12.0", "okhttp"),
            ("python-requests/2.32", "python-requests"),
            ("Python-urllib/3.13", "Python-urllib"),
            ("Python/3.12 aiohttp/3.9.5", "aiohttp"),
            ("Go-http-client/2.0", "Go-http-client"),
            ("PostmanRuntime/7.43.0", "PostmanRuntime"),
            ("Apache-HttpClient/4.5.14 (Java/21.0.1)", "Apache-HttpClient"),
            ("Dalvik/2.1.0 (Linux; U; Android 15; Pixel 9 Build/AP4A)", "Unknown program on Android"),
            ("MyApp/1 CFNetwork/1568.200.51 Darwin/24.1.0", "Unknown program"),
            (&format!("{WINDOWS} Electron/33.2.0"), "App on Windows"),
            ("Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1", "WindowsPowerShell on Windows"),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Unknown program"),
            ("Twitterbot/1.0", "Unknown program"),
            ("node", "node"),
            ("something/1.0", "Unknown program"),
            ("<script>alert(1)</script>", "Unknown program"),
            ("", "Unknown program"),
        ]);
    }
}
