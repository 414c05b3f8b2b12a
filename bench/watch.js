// Runs in each page before its own scripts: notes when Join is clicked, and when somebody else's picture is
// first drawn. Instants are ms since the Unix epoch, so that two pages on one machine can be compared.
(() => {
  const noted = (window.benchNoted = { clicked: null, seen: null });
  const instant = () => performance.timeOrigin + performance.now();
  const visible = { visibilityProperty: true, opacityProperty: true };
  const watched = new WeakSet();

  const watch = (video) => {
    if (watched.has(video)) return;
    watched.add(video);
    const drawn = () => {
      const tile = video.closest("[data-tile]");
      if (noted.seen === null && tile && !tile.hasAttribute("data-self") && video.checkVisibility(visible)) {
        noted.seen = instant();
      }
      video.requestVideoFrameCallback(drawn);
    };
    video.requestVideoFrameCallback(drawn);
  };

  document.addEventListener(
    "click",
    (event) => {
      if (event.target.closest("#join")) noted.clicked = instant();
    },
    { capture: true },
  );
  new MutationObserver(() => document.querySelectorAll("video").forEach(watch)).observe(document, {
    childList: true,
    subtree: true,
  });
})();
