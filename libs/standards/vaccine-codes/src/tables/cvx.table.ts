// Made by tools/derive-vaccine-codes.mjs; do not edit.
// Source: CDC, CVX of 2025-11-19, trade names of 2025-09-09, CDSi 4.64.

/** code | status | antigens | vaccine groups | manufacturers (MVX) | name */
export const CVX_TABLE = `
01|Inactive|Diphtheria,Pertussis,Tetanus|DTAP||DTP
02|Inactive|Polio|POLIO||OPV, trivalent
03|Active|Measles,Mumps,Rubella|MMR|MSD,SKB|MMR
04|Inactive|Measles,Rubella|MMR||M/R
05|Inactive|Measles|MMR|MSD|measles
06|Inactive|Rubella|MMR|MSD|rubella
07|Inactive|Mumps|MMR||mumps
08|Active|HepB|HepB|MSD,SKB|Hep B, adolescent or pediatric
09|Active|Diphtheria,Tetanus|Td|GRF,MBL,MSD|Td (adult), 2 Lf tetanus toxoid, preservative free, adsorbed
10|Active|Polio|POLIO|PMC|IPV
11|Inactive|Pertussis|||pertussis
12|Active||||diphtheria antitoxin
13|Active||||TIG
14|Inactive||||IG, unspecified formulation
15|Inactive|Influenza|FLU||influenza, split (incl. purified surface antigen)
16|Inactive|Influenza|FLU||influenza, whole
17|Inactive|Hib|HIB||Hib, unspecified formulation
18|Inactive|Rabies|RABIES|CHI,PMC|rabies, intramuscular injection
19|Active||BCG|MSD|BCG
20|Active|Diphtheria,Pertussis,Tetanus|DTAP|PMC,SKB|DTaP
21|Active|Varicella|VARICELLA|MSD|varicella
22|Inactive|Diphtheria,Hib,Pertussis,Tetanus|DTAP,HIB||DTP-Hib
23|Inactive||Plague||plague
24|Active||ANTHRAX|MIP|Anthrax, pre-exposure prophylaxis, post-exposure prophylaxis
25|Active|Typhoid|TYPHOID|BN,CRU,PAX|typhoid, oral
26|Inactive|Cholera|cholera||cholera, unspecified formulation
27|Active||||botulinum antitoxin
28|Inactive|Diphtheria,Tetanus|DTAP|PMC|DT (pediatric)
29|Active||||CMVIG
30|Active||||HBIG
31|Inactive|HepA|HepA||Hep A, pediatric, unspecified formulation
32|Inactive|Meningococcal|MENING|PMC|meningococcal MPSV4
33|Active|Pneumococcal|PneumoPPV|MSD|pneumococcal polysaccharide PPV23
34|Active||||RIG
35|Inactive|Tetanus|Td|PMC|tetanus toxoid, adsorbed
36|Active||||VZIG
37|Active|Yellow Fever|YELLOWFEVER|PMC|yellow fever live
38|Inactive|Mumps,Rubella|MMR||rubella/mumps
39|Inactive|Japanese Encephalitis|Japanese encephalitis|JPN|Japanese encephalitis SC
40|Inactive|Rabies|RABIES|PMC|rabies, intradermal injection
41|Inactive|Typhoid|TYPHOID||typhoid, parenteral
42|Inactive|HepB|HepB||Hep B, adolescent/high risk infant
43|Active|HepB|HepB|MSD,SKB|Hep B, adult
44|Active|HepB|HepB|MSD,SKB|Hep B, high-dosage, dialysis or IC
45|Inactive|HepB|HepB||Hep B, unspecified formulation
46|Inactive|Hib|HIB||Hib (PRP-D)
47|Inactive|Hib|HIB||Hib (HbOC)
48|Active|Hib|HIB|PMC,SKB|Hib (PRP-T)
49|Active|Hib|HIB|MSD|Hib (PRP-OMP)
50|Inactive|Diphtheria,Hib,Pertussis,Tetanus|DTAP,HIB|PMC|DTaP-Hib
51|Inactive|HepB,Hib|HIB,HepB|MSD|Hib-Hep B
52|Active|HepA|HepA|MSD,SKB|Hep A, adult
53|Inactive|Typhoid|TYPHOID||typhoid, parenteral, AKD (U.S. military)
54|Inactive||ADENO||adenovirus, type 4
55|Inactive||ADENO||adenovirus, type 7
56|Active|Dengue|DENGUE|PMC|dengue fever tetravalent
57|Never Active||||hantavirus
58|Never Active||||Hep C
59|Never Active||||Hep E
60|Never Active||||herpes simplex 2
61|Never Active||||HIV
62|Active|HPV|HPV|MSD|HPV, quadrivalent
63|Never Active||||Junin virus
64|Never Active||||leishmaniasis
65|Never Active||||leprosy
66|Inactive||Lyme disease||Lyme disease
67|Never Active||||malaria
68|Never Active||||melanoma
69|Inactive||||parainfluenza-3
70|Never Active||||Q fever
71|Inactive||||RSV-IGIV
72|Never Active||||rheumatic fever
73|Never Active||||Rift Valley fever
74|Inactive|Rotavirus|ROTAVIRUS||rotavirus, tetravalent
75|Active|Orthopoxvirus|Orthopoxvirus|ACA,MIP|Vaccinia (smallpox, monkeypox), live
76|Inactive||||Staphylococcus bacterio lysate
77|Non-US|TBE|Tick-borne encephalitis||Tick-borne encephalitis vaccine (non-US)
78|Inactive||||tularemia vaccine
79|Active||||vaccinia immune globulin
80|Inactive||VEE||VEE, live
81|Inactive||VEE||VEE, inactivated
82|Inactive||ADENO||adenovirus, unspecified formulation
83|Active|HepA|HepA|MSD,SKB|Hep A, ped/adol, 2 dose
84|Inactive|HepA|HepA||Hep A, ped/adol, 3 dose
85|Inactive|HepA|HepA||Hep A, unspecified formulation
86|Active||||IG
87|Active||||IGIV
88|Inactive|Influenza|FLU||influenza, unspecified formulation
89|Inactive|Polio|POLIO||polio, unspecified formulation
90|Inactive|Rabies|RABIES||rabies, unspecified formulation
91|Inactive|Typhoid|TYPHOID||typhoid, unspecified formulation
92|Inactive||VEE||VEE, unspecified formulation
93|Active||||RSV-MAb
94|Active|Measles,Mumps,Rubella,Varicella|MMR,VARICELLA|MSD|MMRV
95|Inactive||||TST-OT tine test
96|Inactive||||TST-PPD intradermal
97|Inactive||||TST-PPD tine test
98|Inactive||||TST, unspecified formulation
99|Inactive||||RESERVED - do not use
100|Inactive|Pneumococcal|PneumoPCV|WAL|pneumococcal conjugate PCV 7
101|Active|Typhoid|TYPHOID|PMC|typhoid, ViCPs
102|Non-US|Diphtheria,HepB,Hib,Pertussis,Tetanus|DTAP,HIB,HepB||DTP-Hib-Hep B
103|Inactive|Meningococcal|MENING||meningococcal C conjugate
104|Active|HepA,HepB|HepA,HepB|SKB|Hep A-Hep B
105|Inactive|Orthopoxvirus|Orthopoxvirus||vaccinia (smallpox) diluted
106|Active|Diphtheria,Pertussis,Tetanus|DTAP|PMC|DTaP, 5 pertussis antigens
107|Inactive|Diphtheria,Pertussis,Tetanus|DTAP||DTaP, unspecified formulation
108|Inactive|Meningococcal|MENING||meningococcal ACWY, unspecified formulation
109|Inactive|Pneumococcal|PneumoPCV,PneumoPPV||pneumococcal, unspecified formulation
110|Active|Diphtheria,HepB,Pertussis,Polio,Tetanus|DTAP,HepB,POLIO|SKB|DTaP-Hep B-IPV
111|Active|Influenza|FLU|MED|Influenza, live, trivalent, intranasal, PF
112|Inactive|Tetanus|||tetanus toxoid, unspecified formulation
113|Active|Diphtheria,Tetanus|Td|PMC|Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed
114|Active|Meningococcal|MENING|PMC|meningococcal MCV4P
115|Active|Diphtheria,Pertussis,Tetanus|TDAP|PMC,SKB|Tdap
116|Active|Rotavirus|ROTAVIRUS|MSD|rotavirus, pentavalent
117|Never Active||||VZIG (IND)
118|Inactive|HPV|HPV|SKB|HPV, bivalent
119|Active|Rotavirus|ROTAVIRUS|SKB|rotavirus, monovalent
120|Active|Diphtheria,Hib,Pertussis,Polio,Tetanus|DTAP,HIB,POLIO|PMC|DTaP-Hib-IPV
121|Inactive|Varicella,Zoster|ZOSTER|MSD|zoster live
122|Inactive|Rotavirus|ROTAVIRUS||rotavirus, unspecified formulation
123|Inactive||H5N1 flu||influenza, H5N1-1203
125|Inactive||H1N1 flu|MED|Novel Influenza-H1N1-09, nasal
126|Inactive||H1N1 flu|CSL,NOV,PMC|Novel influenza-H1N1-09, preservative-free
127|Inactive||H1N1 flu|CSL,NOV,PMC|Novel influenza-H1N1-09
128|Inactive||H1N1 flu||Novel Influenza-H1N1-09, all formulations
129|Inactive|Japanese Encephalitis|Japanese encephalitis||Japanese Encephalitis, unspecified formulation
130|Active|Diphtheria,Pertussis,Polio,Tetanus|DTAP,POLIO|PMC,SKB|DTaP-IPV
131|Inactive||||typhus, historical
132|Inactive|Diphtheria,HepB,Hib,Pertussis,Polio,Tetanus|DTAP,HIB,HepB,POLIO||DTaP-IPV-HIB-HEP B, historical
133|Active|Pneumococcal|PneumoPCV|PFR,WAL|Pneumococcal conjugate PCV 13
134|Active|Japanese Encephalitis|Japanese encephalitis|INT,VAL,VET|Japanese Encephalitis IM
135|Active|Influenza|FLU|PMC|Influenza, high-dose, trivalent, PF
136|Active|Meningococcal|MENING|NOV,SKB|Meningococcal MCV4O
137|Inactive|HPV|HPV||HPV, unspecified formulation
138|Inactive|Diphtheria,Tetanus|Td||Td (adult)
139|Inactive|Diphtheria,Tetanus|Td||Td(adult) unspecified formulation
140|Active|Influenza|FLU|CSL,IDB,NOV,PMC,SEQ,SKB|Influenza, split virus, trivalent, PF
141|Active|Influenza|FLU|CSL,IDB,NOV,PMC,SEQ|Influenza, split virus, trivalent, preservative
142|Inactive|Tetanus|||tetanus toxoid, not adsorbed
143|Active||ADENO|BRR,TVA|Adenovirus types 4 and 7
144|Inactive|Influenza|FLU|PMC|influenza, seasonal, intradermal, preservative free
145|Never Active||||RSV-MAb (new)
146|Active|Diphtheria,HepB,Hib,Pertussis,Polio,Tetanus|DTAP,HIB,HepB,POLIO|MSP,PMC|DTaP,IPV,Hib,HepB
147|Inactive|Meningococcal|MENING||meningococcal MCV4, unspecified formulation
148|Inactive|Hib,Meningococcal|HIB,MENING|SKB|Meningococcal C/Y-HIB PRP
149|Active|Influenza|FLU|MED|Influenza, live, quadrivalent, intranasal
150|Active|Influenza|FLU|IDB,PMC,SEQ,SKB|Influenza, split virus, quadrivalent, PF
151|Inactive|Influenza|FLU||influenza nasal, unspecified formulation
152|Inactive|Pneumococcal|PneumoPCV||Pneumococcal Conjugate, unspecified formulation
153|Active|Influenza|FLU|NOV,SEQ|Influenza, MDCK, trivalent, PF
154|Never Active||||Hep A, IG
155|Active|Influenza|FLU|PMC,PSC|Influenza, recombinant, trivalent, PF
156|Active||||Rho(D)-IG
157|Active||||Rho(D) -IG IM
158|Active|Influenza|FLU|IDB,PMC,SEQ|Influenza, split virus, quadrivalent, preservative
159|Inactive||||Rho(D) - Unspecified formulation
160|Active||H5N1 flu|IDB,SKB|Influenza A monovalent (H5N1), ADJUVANTED-2013
161|Active|Influenza|FLU|PMC,SEQ|Influenza, injectable,quadrivalent, preservative free, pediatric
162|Active|Meningococcal B|MeningB|PFR|meningococcal B, recombinant
163|Active|Meningococcal B|MeningB|NOV,SKB|meningococcal B, OMV
164|Inactive|Meningococcal B|MeningB||meningococcal B, unspecified
165|Active|HPV|HPV|MSD|HPV9
166|Inactive|Influenza|FLU|PMC|influenza, intradermal, quadrivalent, preservative free
167|Inactive|Meningococcal,Meningococcal B|||meningococcal, unknown serogroups
168|Active|Influenza|FLU|NOV,SEQ|Influenza, adjuvanted, trivalent, PF
169|Non-US|HepA|||Hep A, live attenuated
170|Non-US|Diphtheria,Hib,Pertussis,Polio,Tetanus|DTAP,HIB,POLIO||DTAP/IPV/HIB - non-US
171|Active|Influenza|FLU|SEQ|Influenza, MDCK, quadrivalent, PF
172|Non-US|Cholera|cholera||cholera, WC-rBS
173|Non-US|Cholera|cholera||cholera, BivWC
174|Active|Cholera|cholera|BN,PAX|cholera, live attenuated
175|Active|Rabies|RABIES|PMC|Rabies - IM Diploid cell culture
176|Active|Rabies|RABIES|BN,NOV,SKB|Rabies - IM fibroblast culture
177|Non-US|Pneumococcal|PneumoPCV||PCV10
178|Non-US|Polio|||OPV bivalent
179|Non-US|Polio|||OPV ,monovalent, unspecified
180|Inactive||||tetanus immune globulin
181|Active||||anthrax immune globulin
182|Inactive|Polio|||OPV, Unspecified
183|Active|Yellow Fever|YELLOWFEVER|PMC|Yellow fever vaccine live - alt
184|Inactive|Yellow Fever|YELLOWFEVER||Yellow fever, unspecified
185|Active|Influenza|FLU|PMC,PSC|Influenza, recombinant, quadrivalent, PF
186|Active|Influenza|FLU|SEQ|Influenza, MDCK, quadrivalent, preservative
187|Active|Zoster|ZOSTER|SKB|zoster recombinant
188|Inactive|Zoster|ZOSTER||zoster, unspecified formulation
189|Active|HepB|HepB|DVX|HepB-CpG
190|Non-US|Typhoid|||Typhoid conjugate vaccine (TCV)
191|Non-US|Meningococcal|||meningococcal A polysaccharide (non-US)
192|Non-US|Meningococcal|||meningococcal AC polysaccharide (non-US)
193|Non-US|HepA,HepB|HepA,HepB||Hep A-Hep B, pediatric/adolescent
194|Inactive|Influenza|FLU||Influenza, Southern Hemisphere
195|Non-US|Diphtheria,Polio,Tetanus|POLIO,Td||DT, IPV adsorbed
196|Active|Diphtheria,Tetanus|Td||Td, adsorbed, preservative free, adult use, Lf unspecified
197|Active|Influenza|FLU|PMC|Influenza, high-dose, quadrivalent, PF
198|Non-US|Diphtheria,HepB,Hib,Pertussis,Tetanus|||DTP-hepB-Hib Pentavalent Non-US
200|Active|Influenza|FLU|PMC|influenza, Southern Hemisphere, pediatric, preservative free
201|Active|Influenza|FLU|PMC|Influenza, Southern Hemisphere, quadrivalent, PF
202|Active|Influenza|FLU|PMC|influenza, Southern Hemisphere, quadrivalent, with preservative
203|Active|Meningococcal|MENING|PMC|meningococcal conjugate quadrivalent, MenACWY-TT (MCV4)
204|Active|Ebola|Ebola|MSD|Ebola Zaire vaccine, live, recombinant, 1mL dose
205|Active|Influenza|FLU|SEQ|Influenza, adjuvanted, quadrivalent, PF
206|Active|Orthopoxvirus|Orthopoxvirus|BN|Vaccinia, smallpox monkeypox vaccine live, PF, SQ or ID injection
207|Inactive|COVID-19|COVID-19|MOD|COVID-19, mRNA, LNP-S, PF, 100 mcg/0.5mL dose or 50 mcg/0.25mL dose
208|Inactive|COVID-19|COVID-19|PFR|COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose
210|Non-US|COVID-19|COVID-19|ASZ|COVID-19 vaccine, vector-nr, rS-ChAdOx1, PF, 0.5 mL
211|Inactive|COVID-19|COVID-19|NVX|COVID-19, subunit, rS-nanoparticle+Matrix-M1 Adjuvant, PF, 0.5 mL
212|Inactive|COVID-19|COVID-19|JSN|COVID-19 vaccine, vector-nr, rS-Ad26, PF, 0.5 mL
213|Inactive|COVID-19|COVID-19||SARS-COV-2 (COVID-19) vaccine, UNSPECIFIED
214|Inactive|Ebola|Ebola||Ebola, unspecified
215|Active|Pneumococcal|PneumoPCV|MSD|Pneumococcal conjugate PCV15, polysaccharide CRM197 conjugate, adjuvant, PF
216|Active|Pneumococcal|PneumoPCV|PFR|Pneumococcal conjugate PCV20, polysaccharide CRM197 conjugate, adjuvant, PF
217|Inactive|COVID-19|COVID-19|PFR|COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose, tris-sucrose
218|Inactive|COVID-19|COVID-19|PFR|COVID-19, mRNA, LNP-S, PF, 10 mcg/0.2 mL dose, tris-sucrose
219|Inactive|COVID-19|COVID-19|PFR|COVID-19, mRNA, LNP-S, PF, 3 mcg/0.2 mL dose, tris-sucrose
220|Inactive|HepB|HepB|VBI|HepB recombinant, 3-antigen, Al(OH)3
221|Inactive|COVID-19|COVID-19|MOD|COVID-19, mRNA, LNP-S, PF, 50 mcg/0.5 mL dose
222|Inactive|TBE|Tick-borne encephalitis||Tick-borne encephalitis, unspecified
223|Active|TBE|Tick-borne encephalitis|PFR|Tick-borne encephalitis, inactivated, PF, 0.25mL
224|Active|TBE|Tick-borne encephalitis|PFR|Tick-borne encephalitis, inactivated, PF, 0.5mL
225|Never Active||COVID-19|PMC|COVID-19, D614, recomb, preS dTM, AS03 adjuvant add, PF, 5mcg/0.5mL
226|Never Active||COVID-19|PMC|COVID-19, D614, recomb, preS dTM, AS03 adjuvant add, PF, 10mcg/0.5mL
227|Inactive|COVID-19|COVID-19|MOD|COVID-19, mRNA, LNP-S, PF, pediatric 50 mcg/0.5 mL dose
228|Inactive|COVID-19|COVID-19|MOD|COVID-19, mRNA, LNP-S, PF, pediatric 25 mcg/0.25 mL dose
229|Inactive|COVID-19|COVID-19|MOD|COVID-19, mRNA, LNP-S, bivalent, PF, 50 mcg/0.5 mL or 25mcg/0.25 mL dose
230|Inactive|COVID-19|COVID-19|MOD|COVID-19, mRNA, LNP-S, bivalent, PF, 10 mcg/0.2 mL
231|Active|Influenza|FLU|PMC|influenza, Southern Hemisphere, high-dose, quadrivalent
300|Inactive|COVID-19|COVID-19|PFR|COVID-19, mRNA, LNP-S, bivalent, PF, 30 mcg/0.3 mL dose
301|Inactive|COVID-19|COVID-19|PFR|COVID-19, mRNA, LNP-S, bivalent, PF, 10 mcg/0.2 mL dose
302|Inactive|COVID-19|COVID-19|PFR|COVID-19, mRNA, LNP-S, bivalent, PF, 3 mcg/0.2 mL dose
303|Active|RSV|RSV|SKB|RSV, recombinant, protein subunit RSVpreF, adjuvant reconstituted, 0.5 mL, PF
304|Inactive|RSV|RSV||Respiratory syncytial virus (RSV), unspecified
305|Active|RSV|RSV|PFR|RSV, bivalent, protein subunit RSVpreF, diluent reconstituted, 0.5 mL, PF
306|Active|RSV|RSV|PMC|RSV, mAb, nirsevimab-alip, 0.5 mL, neonate to 24 months
307|Active|RSV|RSV|PMC|RSV, mAb, nirsevimab-alip, 1 mL, neonate to 24 months
308|Inactive|COVID-19|COVID-19|PFR|COVID-19, mRNA, LNP-S, PF, tris-sucrose, 3 mcg/0.3 mL
309|Active|COVID-19|COVID-19|PFR|COVID-19, mRNA, LNP-S, PF, tris-sucrose, 30 mcg/0.3 mL
310|Active|COVID-19|COVID-19|PFR|COVID-19, mRNA, LNP-S, PF, tris-sucrose, 10 mcg/0.3 mL
311|Active|COVID-19|COVID-19|MOD|COVID-19, mRNA, LNP-S, PF, 25 mcg/0.25 mL
312|Active|COVID-19|COVID-19|MOD|COVID-19, mRNA, LNP-S, PF, 50 mcg/0.5 mL
313|Active|COVID-19|COVID-19|NVX|COVID-19, subunit, rS-nanoparticle, adjuvanted, PF, 5 mcg/0.5 mL
314|Inactive|RSV|RSV||Respiratory syncytial virus (RSV) vaccine, unspecified
315|Inactive|RSV|RSV||Respiratory syncytial virus (RSV) MAB, unspecified
316|Active|Meningococcal,Meningococcal B|MENING,MeningB|PFR|Meningococcal polysaccharide (MenACWY-TT conjugate), (MenB), PF
317|Active|Chikungunya|Chikungunya|VAL|Chikungunya live attenuated vaccine, 0.5 mL, PF
318|Active||ANTHRAX|MIP|Anthrax, post-exposure prophylaxis
319|Inactive||ANTHRAX||Anthrax vaccine, unspecified
320|Active|Influenza|FLU|SEQ|Influenza, MDCK, trivalent, preservative
321|Active||FLU-Avian-H5||Influenza-avian, H5N8, monovalent, PF
322|Active||FLU-Avian-H5||Influenza-avian, H5N8, monovalent, preservative
323|Inactive||FLU-Avian-H5||Influenza-avian, H5, unspecified formulation
324|Non-US|Polio|POLIO||Poliovirus, inactivated, fractional-dose (fIPV)
325|Inactive|Orthopoxvirus|Orthopoxvirus||Vaccinia (smallpox, monkeypox), unspecified
326|Active|RSV|RSV|MOD|RSV, mRNA, injectable, PF
327|Active|Pneumococcal|PneumoPCV|MSD|Pneumococcal conjugate PCV21, polysaccharide CRM197 conjugate, PF
328|Active|Meningococcal,Meningococcal B|MENING,MeningB|SKB|Meningococcal oligosaccharide (MenACWY), (MenB), PF
329|Active|Chikungunya|Chikungunya|BN|Chikungunya, VLP, recombinant, 0.8 mL, PF
330|Inactive|Dengue|DENGUE||Dengue fever, unspecified
331|Active|Influenza|FLU|PMC|Influenza, Southern Hemisphere, trivalent, PF
332|Active|RSV|RSV|MSD|RSV, mAb, clesrovimab-cfor, 0.7 mL, neonate and infant, PF
333|Active|Influenza|FLU|MED|Influenza, live, trivalent, intranasal, self/caregiver admin, PF
334|Active|COVID-19|COVID-19|MOD|COVID-19, mRNA, LNP-S, PF, 10 mcg/0.2 mL
500|Non-US|COVID-19|COVID-19||COVID-19 Non-US Vaccine, UNSPECIFIED
501|Non-US|COVID-19|COVID-19||COVID-19 IV Non-US Vaccine (QAZCOVID-IN)
502|Non-US|COVID-19|COVID-19|BBI|COVID-19 IV Non-US Vaccine (COVAXIN)
503|Non-US|COVID-19|COVID-19||COVID-19 LAV Non-US Vaccine (COVIVAC)
504|Non-US|COVID-19|COVID-19||COVID-19 VVnr Non-US Vaccine (Sputnik Light)
505|Non-US|COVID-19|COVID-19||COVID-19 VVnr Non-US Vaccine (Sputnik V)
506|Non-US|COVID-19|COVID-19|CAN|COVID-19 VVnr Non-US Vaccine (CanSino Biological Inc./Beijing Institute of Biotechnology
507|Non-US|COVID-19|COVID-19||COVID-19 PS Non-US Vaccine (Anhui Zhifei Longcom Biopharm + Inst of Micro, Chinese Acad of Sciences)
508|Non-US|COVID-19|COVID-19||COVID-19 PS Non-US Vaccine (Jiangsu Province Centers for Disease Control and Prevention)
509|Non-US|COVID-19|COVID-19||COVID-19 PS Non-US Vaccine (EpiVacCorona)
510|Non-US|COVID-19|COVID-19|SPH|COVID-19 IV Non-US Vaccine (BIBP, Sinopharm)
511|Non-US|COVID-19|COVID-19|SNV|COVID-19 IV Non-US Vaccine (CoronaVac, Sinovac)
512|Non-US|COVID-19|COVID-19|MDO|SARS-COV-2 COVID-19 VLP Non-US Vaccine (Medicago, Covifenz)
513|Non-US|COVID-19|COVID-19||SARS-COV-2 COVID-19 PS Non-US Vaccine (Anhui Zhifei Longcom, Zifivax)
514|Non-US|COVID-19|COVID-19||SARS-COV-2 COVID-19 DNA Non-US Vaccine (Zydus Cadila, ZyCoV-D)
515|Non-US|COVID-19|COVID-19||SARS-COV-2 COVID-19 PS Non-US Vaccine (Medigen, MVC-COV1901)
516|Non-US|COVID-19|COVID-19||COV-2 COVID-19 Inactivated Non-US Vaccine Product (Minhai Biotechnology Co, KCONVAC)
517|Non-US|COVID-19|COVID-19||SARS-COV-2 COVID-19 PS Non-US Vaccine (Biological E Limited, Corbevax)
518|Non-US|COVID-19|COVID-19||COVID-19 Inactivated, Non-US Vaccine (VLA2001, Valneva)
519|Non-US|COVID-19|COVID-19|MOD|COVID-19 mRNA, bivalent, original/Omicron BA.1, Non-US Vaccine (Spikevax Bivalent), Moderna
520|Non-US|COVID-19|COVID-19|PFR|COVID-19 mRNA, bivalent, original/Omicron BA.1, Non-US Vaccine Product, Pfizer-BioNTech
521|Non-US|COVID-19|COVID-19||COVID-19 SP, protein-based, adjuvanted (VidPrevtyn Beta), Sanofi-GSK
801|Active|||SKB|AS03 Adjuvant
998|Inactive||||no vaccine administered
999|Inactive||||unknown
`;
