/* Invented people need names with the spread of real ones: a few are common, most are rare. */

const COMMON_FAMILIES =
  `Johnson Anderson Olson Peterson Nelson Larson Carlson Miller Smith Hanson Vang Yang Xiong Nguyen Hassan Ahmed Abdi Ali
Garcia Martinez Lopez Hernandez Thompson Erickson Swanson Lee Brown Davis Schmidt Schultz Wagner Meyer Becker Klein Nguyen-Olson O'Brien Running-Bear
Littlewolf Kowalski Novak`.split(/\s+/);
const FRONTS =
  `Ander Berg Blom Bro Dahl Eng Fors Gran Hag Hed Holm Jens Kal Knut Lind Lund Mag Mor Ny Os Pehr Ros Sand Skog Sol Stein Sund Thor Tveit
Ulv Vik West Wold Øst Ek Hoff Nord Sta Tor Var`.split(/\s+/);
const ENDS =
  `berg dahl felt gaard heim lund man mark nes quist rud sen son stad strand ström tveit vik wold en er by haug land rød sæter`.split(
    /\s+/,
  );

export const FAMILIES = [...COMMON_FAMILIES, ...FRONTS.flatMap((front) => ENDS.map((end) => front + end))];

export const GIRLS =
  `Olivia Emma Charlotte Evelyn Nora Amelia Sophia Ava Harper Eleanor Hazel Violet Lucy Ivy Clara Ella Mia Isla Josephine Lily
Amina Fadumo Hodan Maryan Khadija Mai Pa Nou Kalia Sua Linh Thi Sofia Camila Valentina Lucia Elena Freya Ingrid Astrid Linnea Sigrid Solveig Maren Greta
Annika Britta Winona Aiyana Grace Alice Ruth June Mabel Edith Hannah Leah Naomi Abigail Zoë Chloé Ruby Pearl Opal Quinn Rowan Sage Wren Aria Maya Nina
Vera Willa Iris Daisy Mary-Ann Anna-Lise`.split(/\s+/);
export const BOYS =
  `Henry Theodore Oliver William Liam Jack Owen Leo James Hudson August Otto Arthur Charles Thomas Samuel Benjamin Elliot Walter Oscar
Mohamed Abdirahman Yusuf Ibrahim Hamza Tou Kong Chue Pao Minh Duc Mateo Santiago Diego Luis Carlos Anders Erik Lars Nils Soren Bjorn Magnus Leif Gunnar
Einar Chayton Takoda Daniel David Jacob Noah Lucas Ethan Caleb Isaac Simon Felix Hugo Max Jasper Silas Ezra Levi Micah Jonah Rowan Sawyer River Finn Aiden
Jayden Kayden Aidan Christopher Alexander Nathaniel`.split(/\s+/);

/** Called and written otherwise in some clinics. */
export const NICKNAMES = { Theodore: 'Theo', Christopher: 'Chris', Alexander: 'Alex', Nathaniel: 'Nate', Benjamin: 'Ben', Samuel: 'Sam', Thomas: 'Tom', Josephine: 'Jo', Eleanor: 'Ellie', Abigail: 'Abby' }; // prettier-ignore

export const STREETS =
  `Lake Main Oak Pine Maple Cedar Elm Washington Lincoln Park Hill River Church School Birch Spruce Prairie Summit Grand Superior Lakeview
Sunset Ridge Meadow Forest County`.split(/\s+/);
export const PLACES = [
  ['Duluth', '55802', '27137'], ['Minneapolis', '55401', '27053'], ['Saint Paul', '55101', '27123'], ['Rochester', '55901', '27109'],
  ['Bloomington', '55420', '27053'], ['Brooklyn Park', '55443', '27053'], ['Plymouth', '55441', '27053'], ['Woodbury', '55125', '27163'],
  ['Lakeville', '55044', '27037'], ['Blaine', '55434', '27003'], ['Maple Grove', '55311', '27053'], ['Saint Cloud', '56301', '27145'],
  ['Eagan', '55121', '27037'], ['Mankato', '56001', '27013'], ['Moorhead', '56560', '27027'], ['Winona', '55987', '27169'],
  ['Bemidji', '56601', '27007'], ['Hibbing', '55746', '27137'], ['Marshall', '56258', '27083'], ['Willmar', '56201', '27067'],
]; // prettier-ignore
