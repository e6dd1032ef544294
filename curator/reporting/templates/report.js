"use strict";
const table = document.getElementById("checks");
if (table) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);

  for (const heading of table.tHead.querySelectorAll("th:not(.plain)")) {
    const button = document.createElement("button");
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") !== "descending";
      for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[heading.cellIndex].dataset.value;
      const order = (a, b) => value(a).localeCompare(value(b), "en", { numeric: true });
      const byNumber = (a, b) => Number(value(a)) - Number(value(b));
      const compare = heading.classList.contains("number") ? byNumber : order;
      rows.sort((a, b) => (down ? compare(b, a) : compare(a, b)));
      body.append(...rows);
    });
  }

  const filter = document.getElementById("filter");
  filter.closest("p").hidden = false;
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    document.getElementById("shown").textContent = wanted ? `${shown} of ${rows.length}` : "";
  });
}

function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  return Promise.resolve();
}

for (const command of document.querySelectorAll(".command")) {
  const button = document.createElement("button");
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => {
    copied(command.textContent).then(() => (button.textContent = "Copied"), () => (button.textContent = "Not copied"));
  });
  command.after(button);
}

const map = document.getElementById("map");
if (map) {
  const points = Array.from(map.querySelectorAll("circle"));
  const panel = document.getElementById("point");
  let chosen = -1;

  const choose = (index) => {
    if (chosen >= 0) points[chosen].classList.remove("chosen");
    chosen = (index + points.length) % points.length;
    const point = points[chosen], example = point.dataset.example, link = panel.querySelector("a");
    point.classList.add("chosen");
    panel.hidden = false;
    panel.querySelector("p").textContent = point.textContent;
    const place = document.getElementById(`example-${example}`);
    link.hidden = !place;
    link.href = `#example-${example}`;
    link.textContent = "Its findings on this page";
    panel.querySelector("code").textContent = `${map.dataset.show} --where id:${example}`;
  };
  map.addEventListener("click", (event) => {
    const index = points.indexOf(event.target.closest("circle"));
    if (index >= 0) choose(index);
  });
  map.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && points.length) {
      event.preventDefault();
      choose(chosen < 0 ? 0 : chosen + step);
    }
  });
}

function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  for (let inner = target; inner; inner = inner.parentElement) {
    if (inner instanceof HTMLDetailsElement) inner.open = true;
  }
  if (target) target.scrollIntoView();
}
addEventListener("hashchange", openTarget);
openTarget();
