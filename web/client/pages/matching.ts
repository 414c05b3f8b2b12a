// Matching, made smoother: weights say their number, and a run's steps are shown as they begin.

for (const slider of document.querySelectorAll<HTMLInputElement>("[data-weight]")) {
  const output = document.querySelector<HTMLOutputElement>(`[data-weight-of="${slider.id}"]`);
  if (!output) continue;
  const say = () => {
    output.textContent = slider.value;
  };
  output.hidden = false;
  slider.addEventListener("input", say);
  say();
}

const steps = document.querySelector<HTMLElement>("[data-progress]");
if (steps?.dataset.progress) {
  const said = document.querySelector<HTMLElement>("[data-progress-said]");
  const source = new EventSource(steps.dataset.progress);
  source.addEventListener("step", (event) => {
    let done = true;
    for (const step of steps.querySelectorAll<HTMLElement>("[data-step]")) {
      const current = step.dataset.step === event.data;
      step.toggleAttribute("data-done", done && !current);
      if (current) {
        done = false;
        step.setAttribute("aria-current", "step");
        if (said) said.textContent = step.textContent;
      } else step.removeAttribute("aria-current");
    }
  });
  source.addEventListener("over", () => {
    source.close();
    location.reload();
  });
}
