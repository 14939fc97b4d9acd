(() => {
  // Under an address with a user and a password, fetch() refuses every address that is relative.
  const here = new URL(document.baseURI);
  if (here.username || here.password) {
    here.username = here.password = "";
    stop();
    return location.replace(here);
  }
  const root = document.documentElement;
  const stored = (name) => {
    try {
      return localStorage.getItem(`latchkey.${name}`);
    } catch {}
  };
  // The language that the person has chosen, or else the first of the browser's that the site has. The app has the English texts.
  const files = { de: "/de.po" };
  const language = (tag) => tag.split("-")[0].toLowerCase();
  const isKnown = (tag) => tag === "en" || Object.hasOwn(files, tag);
  const tags = navigator.languages, chosen = stored("language");
  const spoken = isKnown(chosen) ? chosen : tags.map(language).find(isKnown) ?? "en";
  // Its variant decides how dates are written.
  root.lang = tags.find((tag) => language(tag) === spoken) ?? spoken;
  if (files[spoken]) {
    window.translations = (async () => {
      try {
        const answer = await fetch(files[spoken], { signal: AbortSignal.timeout(15000) });
        if (answer.ok) return await answer.text();
      } catch {}
      root.lang = "en";
    })();
  }
  const theme = stored("theme");
  if (theme === "light" || theme === "dark") {
    root.dataset.theme = theme;
    for (const meta of document.querySelectorAll("[name=theme-color]")) meta.content = theme === "dark" ? "#1b1915" : "#ffffff";
  }
})();
