import { ISSUER, linesOf, PRINT_POLICY, STATEMENT, type PrintedRecord } from './print-forms.js';

/** One page that needs nothing else: no script, no image, no other file. */
export const renderRecordHtml = (printed: PrintedRecord): string => {
  const { heading, person, columns, doses, indications } = linesOf(printed);
  const cells = (tag: 'th' | 'td', values: readonly string[]) =>
    `<tr>${values.map((value) => `<${tag}>${escaped(value)}</${tag}>`).join('')}</tr>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(heading)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><p>${escaped(ISSUER)}</p><h1>${escaped(heading)}</h1></header>
${
  person.length === 0
    ? '<p>No record is kept.</p>'
    : `<dl>${person.map(([label, value]) => `<dt>${escaped(label)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>
<table><thead>${cells('th', columns)}</thead><tbody>${doses.map((dose) => cells('td', dose)).join('')}</tbody></table>`
}
${indications.length === 0 ? '' : `<ul>${indications.map((each) => `<li>${escaped(each)}</li>`).join('')}</ul>`}
<footer><p>${escaped(STATEMENT)}</p><p>Printed on ${escaped(printed.printedOn)}. Form ${escaped(PRINT_POLICY.version)}.</p></footer>
</body>
</html>
`;
};

const STYLE = `
body{font-family:system-ui,sans-serif;color:#1b1b1b;max-width:46rem;margin:2rem auto;padding:0 1rem;line-height:1.45}
header p{margin:0;color:#3d4551}h1{margin:.2rem 0 1.2rem;font-size:1.5rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #71767a;padding:.3rem .5rem;text-align:left}
th{background:#f0f0f0}footer{margin-top:2rem;font-size:.85rem;color:#3d4551}
@media print{body{margin:0;max-width:none}tr{break-inside:avoid}thead{display:table-header-group}}
`.replaceAll('\n', '');

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
