// A lint rule: every regular expression takes time in proportion to its text, whatever the text. One that backtracks over a text from
// outside stops the whole process. https://makenowjust-labs.github.io/recheck/
import { createRequire } from 'node:module';

/** recheck in JavaScript alone: without the worker, the Java archive and the binary that its main module looks for. */
const { checkSync } = createRequire(import.meta.url)('recheck/lib/browser.js');

const known = new Map();

/** What is wrong with it; null where its time is linear. */
function flawOf(source, flags) {
  const key = `/${source}/${flags}`;
  if (!known.has(key)) known.set(key, judge(source, flags));
  return known.get(key);
}

function judge(source, flags) {
  const found = checkSync(source, flags, { timeout: null, randomSeed: 1 });
  if (found.status === 'safe') return null;
  if (found.status === 'unknown')
    return `It cannot be told whether this expression takes linear time (${found.error.kind}): write a simpler one.`;
  return `This expression takes ${found.complexity.summary} time, for instance on ${found.attack.pattern}: bound each repeat, or use no expression.`;
}

const rule = {
  create(context) {
    const check = (node, source, flags) => {
      const flaw = flawOf(source, flags);
      if (flaw !== null) context.report({ node, message: flaw });
    };
    const construct = (node) => {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'RegExp') return;
      const [source, flags] = node.arguments;
      if (source?.type === 'Literal' && typeof source.value === 'string') check(node, source.value, flags?.value ?? '');
    };
    return {
      Literal(node) {
        if (node.regex !== undefined && node.regex !== null) check(node, node.regex.pattern, node.regex.flags);
      },
      NewExpression: construct,
      CallExpression: construct,
    };
  },
};

export default { meta: { name: 'expressions' }, rules: { linear: rule } };
