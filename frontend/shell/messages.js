// The newest messages are shown as text until the app takes their place. What the server answers with is never read as markup.
window.early?.["/api/messages"].then(async (answer) => {
  const { messages } = await answer.clone().json();
  const list = document.createElement("ol");
  const put = (parent, tag, name, text) => {
    const element = parent.appendChild(document.createElement(tag));
    element.className = name;
    element.dir = "auto";
    element.textContent = text;
    return element;
  };
  for (const { author, text } of messages.slice(0, 20)) {
    if (typeof author.name !== "string" || typeof text !== "string") continue;
    const card = put(put(list, "li", "", ""), "article", "", "");
    const head = put(card, "header", "", "");
    put(head, "span", "name", author.name.slice(0, 100));
    if (typeof author.username === "string") put(head, "span", "quiet", `@${author.username.slice(0, 100)}`);
    // The time has a line of its own on a narrow screen.
    put(head, "time", "", "\u00a0");
    put(card, "p", "", text.slice(0, 2000));
  }
  if (!list.firstChild) return;
  document.querySelector("#shell .ghosts")?.replaceWith(list);
  performance.mark("messages");
}).catch(() => {});
