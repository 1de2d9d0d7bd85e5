/** Moving the drawing with the pointer. */

/** Dragging the ground pans, as on a map; a click stays a click. */
export function panByDragging(scroller: HTMLElement): void {
  let from: { x: number; y: number; left: number; top: number } | undefined;
  scroller.addEventListener('pointerdown', (event) => {
    if (
      event.button !== 0 ||
      !(event.target instanceof Element) ||
      event.target.closest('[data-card], [data-gate], [data-edge], button, a, vscode-link, .minimap')
    )
      return;
    from = { x: event.clientX, y: event.clientY, left: scroller.scrollLeft, top: scroller.scrollTop };
  });
  scroller.addEventListener('pointermove', (event) => {
    if (!from || !(event.buttons & 1)) return void (from = undefined);
    scroller.scrollLeft = from.left - (event.clientX - from.x);
    scroller.scrollTop = from.top - (event.clientY - from.y);
  });
  scroller.addEventListener('pointerup', () => (from = undefined));
}
