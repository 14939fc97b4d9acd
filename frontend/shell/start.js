(() => {
  // Under an address with a user and a password, fetch() refuses every address that is relative.
  const here = new URL(document.baseURI);
  if (here.username || here.password) {
    here.username = here.password = "";
    stop();
    return location.replace(here);
  }
  try {
    const root = document.documentElement;
    const theme = localStorage.getItem("latchkey.theme");
    if (theme === "light" || theme === "dark") {
      root.dataset.theme = theme;
      for (const meta of document.querySelectorAll("[name=theme-color]")) meta.content = theme === "dark" ? "#1b1915" : "#ffffff";
    }
  } catch {}
})();
