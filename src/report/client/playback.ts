/** The time of what is shown, and its play button: draws where time went on or something else has changed. */
export class Playback {
  /** Frame that is shown, a fraction while playing. */
  at = 0;
  /** Set by whoever changes what is to be seen. */
  stale = true;
  private running = false;
  private previous = 0;

  constructor(
    private readonly button: HTMLElement,
    private readonly speed: HTMLSelectElement,
    private readonly length: () => { frames: number; fps: number },
    private readonly draw: () => void,
  ) {
    button.addEventListener('click', () => this.toggle());
  }

  start(): void {
    requestAnimationFrame((now) => this.step(now));
  }

  toggle(): void {
    this.set(!this.running);
  }

  pause(): void {
    this.set(false);
  }

  private set(on: boolean): void {
    this.running = on;
    this.button.setAttribute('aria-label', on ? 'pause' : 'play');
    this.button.classList.toggle('on', on);
    this.stale = true;
  }

  private step(now: number): void {
    if (this.running) {
      const { frames, fps } = this.length();
      const last = frames - 1;
      this.at += (Math.min(100, now - this.previous) / 1000) * fps * Number(this.speed.value);
      if (this.at > last) this.at = last > 0 ? this.at % last : 0;
      this.stale = true;
    }
    this.previous = now;
    if (this.stale) {
      this.stale = false;
      this.draw();
    }
    this.start();
  }
}
