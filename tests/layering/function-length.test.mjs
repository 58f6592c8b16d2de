import assert from "node:assert/strict";
import { test } from "node:test";
import { cppFunctions, scriptFunctions } from "../../scripts/function-length.mjs";
import { functionLengthFaults } from "../../scripts/size-rules.mjs";

const statements = (count) => "  step();\n".repeat(count);
// With the line of the name and the line of the closing brace.
const cppOf = (lines) => `int walk(int from) {\n${statements(lines - 2)}}\n`;
const names = (text) => cppFunctions(text).map(({ name }) => name);

test("a C++ function of 70 lines passes and one of 71 is reported with its place", () => {
  assert.deepEqual(functionLengthFaults([{ path: "src/a.cpp", text: cppOf(70) }]), []);
  assert.deepEqual(functionLengthFaults([{ path: "src/a.cpp", text: `\n${cppOf(71)}` }]), [
    "src/a.cpp:2 walk has 71 lines",
  ]);
});

test("a TypeScript function of 70 lines passes and one of 71 is reported with its place", () => {
  const scriptOf = (lines) => `const walk = () => {\n${statements(lines - 2)}};\n`;
  assert.deepEqual(functionLengthFaults([{ path: "web/a.ts", text: scriptOf(70) }]), []);
  assert.deepEqual(functionLengthFaults([{ path: "web/a.ts", text: scriptOf(71) }]), [
    "web/a.ts:1 (anonymous) has 71 lines",
  ]);
});

test("a long test function is allowed", () => {
  assert.deepEqual(functionLengthFaults([{ path: "tests/unit/a.cpp", text: cppOf(300) }]), []);
});

test("the lines of a parameter list count, those before the name do not", () => {
  const text = "// why\nstatic result<int> walk(\n    int from,\n    int to) noexcept {\n}\n";
  assert.deepEqual(cppFunctions(text), [{ name: "walk", line: 2, lines: 4 }]);
});

test("braces in comments, strings, characters and raw strings do not count", () => {
  const text = [
    "void walk() {",
    "  // } }",
    '  print("}{", \'}\', 8\'640\'000, R"x(})" }})x");',
    "  /* { */",
    "}",
  ].join("\n");
  assert.deepEqual(cppFunctions(text), [{ name: "walk", line: 1, lines: 5 }]);
});

test("every form of a function is seen", () => {
  assert.deepEqual(names("task<int> f(host& h) { co_return 1; }"), ["f"]);
  assert.deepEqual(names("box::~box() noexcept(true) {}"), ["~box"]);
  assert.deepEqual(names("box::box(int a) : a_(a) {}"), ["a_"]);
  assert.deepEqual(names("box::box(int a)\n    : a_{a} {}"), ["(constructor)"]);
  assert.deepEqual(names("bool operator==(box) const noexcept {}"), ["operator=="]);
  assert.deepEqual(names("auto f() -> std::span<const int> {}"), ["f"]);
  assert.deepEqual(names("auto f = [&](int a) mutable { use(a); };"), ["(lambda)"]);
  assert.deepEqual(names("auto f = [this] { use(); };"), ["(lambda)"]);
  assert.deepEqual(names('TEST_CASE("a") {}'), ["TEST_CASE"]);
});

test("blocks, types, namespaces and initialisers are no functions", () => {
  const body = "if (a) {} else {} for (;;) {} while (b) {} switch (c) {} if constexpr (d) {} do {}";
  assert.deepEqual(names(`void f() { ${body} }`), ["f"]);
  assert.deepEqual(names("namespace a::b { struct c { int d{1}; }; enum e { f }; }"), []);
  assert.deepEqual(names("constexpr row rows[] = {{1, 2}, {3, 4}};"), []);
});

test("braces that do not match are an error, not a guess", () => {
  assert.throws(() => cppFunctions("void f() {\n"), /line 1: a brace is never closed/);
  assert.throws(() => cppFunctions("void f() {\n}\n}\n"), /line 3: a brace closes nothing/);
});

test("methods, arrows and components of TypeScript are seen with their own lengths", () => {
  const text =
    "class A {\n  b(): void {\n    c(() => {\n    });\n  }\n}\nconst D = () => <p>{e}</p>;\n";
  assert.deepEqual(scriptFunctions(text, "a.tsx"), [
    { name: "b", line: 2, lines: 4 },
    { name: "(anonymous)", line: 3, lines: 2 },
    { name: "(anonymous)", line: 7, lines: 1 },
  ]);
});
