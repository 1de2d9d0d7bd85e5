/** Elements and SVG from names, attributes and text nodes; nothing here reads markup. */

export type Child = Node | string | number | null | undefined | false | readonly Child[];

type AttributeValue = string | number | boolean | null | undefined | ((event: Event) => void);

/**
 * Attributes by name. A function under `onclick`, `onkeydown`, … is added as a listener; null, undefined and false leave the attribute out,
 * true writes an empty one. `style` is refused: the content security policy drops style text, so positions go through attributes or CSSOM.
 */
export type Attributes = Readonly<Record<string, AttributeValue>> & { readonly style?: never };

const svgNamespace = 'http://www.w3.org/2000/svg';

export function el<K extends keyof HTMLElementTagNameMap>(name: K, attributes?: Attributes | null, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(name: K, attributes?: Attributes | null, ...children: Child[]): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svgNamespace, name);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

/** Writes attributes and adds listeners as `Attributes` describes. */
export function setAttributes(element: Element, attributes?: Attributes | null): void {
  if (!attributes) return;
  for (const [name, value] of Object.entries(attributes as Readonly<Record<string, AttributeValue>>)) {
    if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else element.setAttribute(name, value === true ? '' : typeof value === 'number' ? tidy(value) : value);
  }
}

/** Text becomes text nodes; null, undefined and false are left out. */
export function append(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(parent, child as readonly Child[]);
    else if (typeof child === 'string' || typeof child === 'number') parent.appendChild(document.createTextNode(String(child)));
    else parent.appendChild(child as Node);
  }
}

/** Puts new children in place of the old ones. */
export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

/** The tooltip of an SVG element. */
export function svgTitle(text: string): SVGTitleElement {
  return svg('title', null, text);
}

function tidy(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Math.round(value * 100) / 100);
}
