/** A piece of HTML that is safe to put into a page as it is. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

export type Content = Markup | string | number | false | null | undefined | readonly Content[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe for an element's content and for a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (mark) => ENTITIES[mark]);

function flatten(value: Content): string {
  if (value === false || value === null || value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(flatten).join('');
  return escapeHtml(String(value));
}

/**
 * Template tag: everything interpolated is escaped unless it is {@link Markup} already, so a caption that contains a tag
 * stays text. Lists are joined; `false`, `null` and `undefined` leave nothing.
 */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  let text = strings[0];
  for (let i = 0; i < values.length; i++) text += flatten(values[i]) + strings[i + 1];
  return new Markup(text);
}

/** Data for `<script type="application/json">`: no `<` in it, so nothing inside can close the element. */
export const embedJson = (value: unknown): Markup =>
  new Markup(
    JSON.stringify(value).replace(/[<\u2028\u2029]/g, (mark) => {
      return `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }),
  );
