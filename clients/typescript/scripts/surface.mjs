// Write what others can rely on in this package to a file, for reviews and for the comparison with the Python client;
// with --check, see that the file says it already.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import ts from "typescript";

const ENTRIES = { ".": "index", "./playwright": "playwright/index", "./vitest": "vitest/index" };
const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

const [target, check] = process.argv.slice(2);
const root = fileURLToPath(new URL("..", import.meta.url));
const files = Object.values(ENTRIES).map((name) => `${root}src/${name}.ts`);
const settings = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config;
const { options } = ts.parseJsonConfigFileContent(settings, ts.sys, root);
const program = ts.createProgram(files, options);
const checker = program.getTypeChecker();

function documentation(symbol) {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker));
}

function declaredText(declaration) {
  return declaration?.type?.getText().replace(/\s+/g, " ") ?? null;
}

function parametersOf(declaration) {
  return declaration.parameters.map((parameter) => {
    const type = checker.getNonNullableType(checker.getTypeAtLocation(parameter));
    const parts = type.isUnion() ? type.types : [type];
    const named = parts.flatMap((part) =>
      part.getFlags() & (ts.TypeFlags.Object | ts.TypeFlags.Intersection) && !checker.isArrayType(part)
        ? checker.getPropertiesOfType(part).map((property) => property.name)
        : [],
    );
    const isOptions = parameter.name.getText() === "options";
    return {
      name: parameter.name.getText(),
      ...((parameter.questionToken || parameter.initializer) && { optional: true }),
      ...(parameter.dotDotDotToken && { rest: true }),
      type: declaredText(parameter),
      ...(isOptions && { members: [...new Set(named)].sort() }),
    };
  });
}

function memberOf(symbol) {
  const declaration = symbol.declarations?.[0];
  if (declaration === undefined || ts.getCombinedModifierFlags(declaration) & HIDDEN) {
    return undefined;
  }
  if (!/^[a-z]\w*$/i.test(symbol.name) || ts.isPrivateIdentifier(declaration.name ?? declaration)) {
    return undefined;
  }
  const said = { doc: documentation(symbol) };
  if (ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration)) {
    const returns = declaredText(declaration);
    return { ...said, parameters: parametersOf(declaration), returns };
  }
  return { ...said, type: declaredText(declaration) };
}

function described(symbol) {
  const found = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const [declaration] = found.declarations;
  const doc = documentation(found);
  if (ts.isFunctionDeclaration(declaration)) {
    return { kind: "function", doc, parameters: parametersOf(declaration), returns: declaredText(declaration) };
  }
  if (ts.isTypeAliasDeclaration(declaration)) {
    return { kind: "type", doc };
  }
  if (!ts.isClassDeclaration(declaration) && !ts.isInterfaceDeclaration(declaration)) {
    return { kind: "constant", doc };
  }
  const type = checker.getDeclaredTypeOfSymbol(found);
  const all = checker.getPropertiesOfType(type);
  const isError = all.some((each) => each.name === "stack");
  // Of an error, what it is called is the language's business, and what it says is everybody's.
  const own = all.filter(
    (each) =>
      (isError && each.name === "message") ||
      (!(isError && each.name === "name") &&
        !each.declarations?.some((place) => /lib\.|node_modules/.test(place.getSourceFile().fileName))),
  );
  const members = own.map((each) => [each.name, memberOf(each)]).filter(([, member]) => member);
  const constructor = ts.isClassDeclaration(declaration) && declaration.members.find(ts.isConstructorDeclaration);
  return {
    kind: ts.isClassDeclaration(declaration) ? "class" : "interface",
    doc,
    ...(constructor && !ts.getJSDocTags(constructor).some((tag) => tag.tagName.text === "internal")
      ? { constructor: parametersOf(constructor) }
      : {}),
    members: Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

const surface = Object.fromEntries(
  Object.entries(ENTRIES).map(([entry, name]) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(`${root}src/${name}.ts`));
    const exported = checker.getExportsOfModule(module).filter((each) => each.name !== "expect");
    const named = exported.map((each) => [each.name, described(each)]);
    return [entry, Object.fromEntries(named.sort(([one], [other]) => (one < other ? -1 : 1)))];
  }),
);
const { PLATFORMS } = await import("../dist/index.js");
surface["."].PLATFORMS.value = PLATFORMS;

const text = `${JSON.stringify(surface, null, 1)}\n`;
if (check !== "--check") {
  writeFileSync(target, text);
} else if (readFileSync(target, "utf8") !== text) {
  console.error(`${target} is not what the package offers: run \`npm run surface\`, and look at the difference`);
  process.exit(1);
}
