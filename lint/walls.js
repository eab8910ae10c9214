// A lint rule: what each folder of `src` may import, by the table beside this file.
import { dirname, join, relative, sep } from 'node:path';
import { separateRooms, walls } from './walls-table.js';

const rule = {
  create(context) {
    const root = join(context.cwd, 'src');
    const file = relative(root, context.filename).split(sep);
    const [room] = file;
    const wall = walls[room];
    const check = (node) => {
      if (typeof node.source?.value !== 'string') return;
      const reason = refusal(node, wall);
      if (reason !== null) context.report({ node: node.source, message: reason });
    };

    function refusal(node) {
      const { value: name } = node.source;
      const isType = isTypeOnly(node);
      if (!name.startsWith('.')) return isType || mayUse(name) ? null : `src/${room} may not import ${name}: see lint/walls-table.js.`;
      const target = relative(root, join(dirname(context.filename), name)).split(sep);
      if (target[0] === '..') return null;
      return target[0] === room ? ofSameRoom(target) : ofOther(target, isType);
    }

    function mayUse(name) {
      if (name.startsWith('node:')) return wall.node === true;
      const [scope, second] = name.split('/');
      return wall.packages.includes(scope.startsWith('@') ? `${scope}/${second}` : scope);
    }

    function ofOther(target, isType) {
      const [other] = target;
      const isInner = separateRooms[other] !== undefined && target.length > 2;
      if (isInner) return `Only src/${other} looks into its own rooms.`;
      if (wall.may.includes(other) || (isType && (wall.types ?? []).includes(other))) return null;
      return `src/${room} may not import ${(wall.types ?? []).includes(other) ? 'more than types of ' : ''}src/${other}: see lint/walls-table.js.`;
    }

    function ofSameRoom(target) {
      const shared = separateRooms[room];
      if (shared === undefined || file.length < 3 || target.length < 3) return null;
      if (target[1] === file[1] || shared.includes(target[1])) return null;
      return `src/${room}/${file[1]} may not know src/${room}/${target[1]}.`;
    }

    return {
      Program(node) {
        if (wall === undefined) context.report({ node, message: `src/${room} has no row in lint/walls-table.js.` });
      },
      ...(wall !== undefined && {
        ImportDeclaration: check,
        ExportNamedDeclaration: check,
        ExportAllDeclaration: check,
        ImportExpression: check,
      }),
    };
  },
};

/** `import type …`, or only `{ type … }` inside. */
function isTypeOnly(node) {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const { specifiers = [] } = node;
  return specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type' || one.exportKind === 'type');
}

export default { meta: { name: 'house' }, rules: { walls: rule } };
