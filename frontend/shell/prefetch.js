// Whoever is not logged in may want to be: what the page for that loads is loaded ahead, once there is nothing else to do.
addEventListener("started", () => {
  let session;
  try {
    session = localStorage.getItem("latchkey.session");
  } catch {}
  if (session || navigator.connection?.saveData) return;
  (window.requestIdleCallback ?? setTimeout)(async () => {
    try {
      const page = new DOMParser().parseFromString(await (await fetch("/login")).text(), "text/html");
      for (const { href } of page.querySelectorAll("link[rel*=preload]")) {
        const link = document.createElement("link");
        link.rel = "prefetch";
        link.href = href;
        document.head.append(link);
      }
    } catch {}
  });
});
