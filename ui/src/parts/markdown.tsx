import type { ReactNode } from 'react';
import MarkdownToJsx, { RuleType, type MarkdownToJSX } from 'markdown-to-jsx';
import { OutLink, webUrl } from './alert-parts.tsx';

type Inside = { readonly children?: ReactNode };

/** Below the headings of the page that shows it. Without the ids that would be the same in two texts. */
const under = (Heading: 'h3' | 'h4' | 'h5' | 'h6') =>
  function MarkdownHeading({ children }: Inside): ReactNode {
    return <Heading>{children}</Heading>;
  };

function MarkdownLink({ href, children }: Inside & { readonly href?: string }): ReactNode {
  const address = webUrl(href);
  return address === null ? children : <OutLink href={address}>{children}</OutLink>;
}

/** A link: the page loads nothing from elsewhere, so that nobody learns who reads it. */
function MarkdownImage({ src, alt }: { readonly src?: string; readonly alt?: string }): ReactNode {
  return <MarkdownLink href={src ?? ''}>{alt || src}</MarkdownLink>;
}

const TaskBox = ({ checked }: { readonly checked?: boolean }): ReactNode => (checked ? '☑ ' : '☐ ');

const options: MarkdownToJSX.Options = {
  disableParsingRawHTML: true,
  forceBlock: true,
  overrides: {
    a: MarkdownLink,
    img: MarkdownImage,
    input: TaskBox,
    h1: under('h3'),
    h2: under('h4'),
    h3: under('h5'),
    h4: under('h6'),
    h5: under('h6'),
    h6: under('h6'),
  },
};

interface MarkdownProps {
  readonly text: string;
  /** Shows plain text between the marks; as it is when absent. */
  readonly renderText?: (text: string) => ReactNode;
}

/** What people and connectors wrote in Markdown. HTML in it is text, and links lead to http(s) addresses alone. */
export function Markdown({ text, renderText }: MarkdownProps): ReactNode {
  const renderRule: MarkdownToJSX.Options['renderRule'] = (next, node) =>
    renderText !== undefined && node.type === RuleType.text ? renderText(node.text) : next();
  return <MarkdownToJsx options={{ ...options, renderRule }}>{text}</MarkdownToJsx>;
}
