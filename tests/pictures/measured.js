/* What sticks out of its box or of the paper, or lies on another text, by the browser's own measure
   of letters; of every picture of a page, by its number. */
() => {
  const NEAR = 0.6, DOWN = 3;
  const found = [];
  const within = (text, box) =>
    text.x > box.x - NEAR && text.x + text.width < box.x + box.width + NEAR
    && text.y > box.y - DOWN && text.y + text.height < box.y + box.height + DOWN;
  const meet = (a, b) =>
    Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > NEAR
    && Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > DOWN;
  [...document.querySelectorAll("svg")].forEach((svg, number) => {
    const say = (what, text) => found.push(`${number}: ${JSON.stringify(text.textContent)} ${what}`);
    const [x, y, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const texts = [...svg.querySelectorAll("text")].filter((one) => one.textContent.trim())
      .map((one) => ({ one, box: one.getBBox() }));
    for (const { one, box } of texts) {
      if (!within(box, { x, y, width, height })) say("leaves the paper", one);
      const outline = one.parentNode.querySelector(":scope > rect");
      if (outline && !within(box, outline.getBBox())) say("leaves its box", one);
    }
    texts.sort((a, b) => a.box.y - b.box.y);
    texts.forEach(({ one, box }, place) => {
      for (let next = place + 1; next < texts.length; next++) {
        if (texts[next].box.y > box.y + box.height) break;
        if (meet(box, texts[next].box)) say(`lies on ${texts[next].one.textContent}`, one);
      }
    });
  });
  return found;
}
