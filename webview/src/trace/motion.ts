/** What moves while a path is played, once and never in a loop: a row comes into view, a new value comes in, an octagon grows. */
import { lessMotion } from './drawing/travel';

const scrollTime = 150;
const oldValueTime = 120;
const newValueTime = 180;
const stopTime = 160;

const scrolling = new WeakMap<Element, number>();

/** At once for a step or a scrub; within 150 milliseconds while the path is played. */
export function bringIntoView(row: Element, animated: boolean): void {
  const scroller = scrollerOf(row);
  const running = scrolling.get(scroller);
  if (running !== undefined) cancelAnimationFrame(running);
  const from = scroller.scrollTop;
  row.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  const to = scroller.scrollTop;
  if (!animated || from === to || lessMotion()) return;
  scroller.scrollTop = from;
  const start = performance.now();
  const frame = (now: number): void => {
    const part = Math.min(Math.max((now - start) / scrollTime, 0), 1);
    scroller.scrollTop = from + (to - from) * (1 - (1 - part) ** 2);
    if (part < 1) scrolling.set(scroller, requestAnimationFrame(frame));
  };
  frame(start);
}

function scrollerOf(element: Element): Element {
  for (let at = element.parentElement; at; at = at.parentElement)
    if (at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  return document.scrollingElement ?? document.documentElement;
}

/** What a drawing shows when the packet comes to a hop, after it has travelled. Without time to travel it only ends what still moves. */
export function arriveInDrawing(drawing: Element, index: number, delay: number): void {
  settle(drawing);
  if (delay <= 0 || lessMotion()) return;
  for (const part of drawing.querySelectorAll('.current .mark-dropped path, .current .mark-rejected path'))
    part.animate([stopFrame(0.8), stopFrame(1)], { duration: stopTime, delay, fill: 'backwards', easing: 'ease-out' });
  for (const segment of drawing.querySelectorAll(`[data-written-by="${index}"]`)) comeIn(segment, delay);
}

/** The same in the row of the list: the old value is struck out, then the new one comes. */
export function arriveInRow(row: Element, delay: number): void {
  if (lessMotion()) return;
  for (const old of row.querySelectorAll('.hop-packet del, .timeline-packet del'))
    old.animate([{ textDecorationColor: 'transparent' }, {}], { duration: oldValueTime, delay, fill: 'backwards' });
  for (const value of row.querySelectorAll('.hop-packet ins, .timeline-packet ins')) comeIn(value, delay);
}

/** Ends what still moves in it. */
export function settle(element: Element): void {
  for (const animation of element.getAnimations({ subtree: true })) animation.cancel();
}

function comeIn(element: Element, delay: number): void {
  element.animate([{ opacity: 0 }, { opacity: 1 }], { duration: newValueTime, delay: delay + oldValueTime, fill: 'backwards' });
}

/** Around the middle of a mark, which is drawn in a square of 20. */
function stopFrame(scale: number): Keyframe {
  return { transform: `scale(${scale})`, transformOrigin: '10px 10px' };
}
