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
    if (typeof author.username === "string") put(head, "span", "handle quiet", `@${author.username.slice(0, 100)}`);
    put(head, "time", "", "");
    put(card, "span", "more button round", "");
    put(card, "p", "folded", text.slice(0, 2000).replace(/\n([^\S\n]*\n){2,}/g, "\n\n"));
  }
  if (!list.firstChild) return;
  document.querySelector("#shell .ghosts")?.replaceWith(list);
  // As high as the app makes the cards of long messages.
  for (const text of list.querySelectorAll("p")) {
    if (text.scrollHeight > text.clientHeight + 12) put(text.parentNode, "span", "button unfold", "");
  }
  performance.mark("messages");
}).catch(() => {});
