/** Words for people. */

const list = (words: string) => words.trim().split(/\s+/);

export const FIRST_NAMES = list(`
  Aaliyah Adaeze Aiko Alejandro Alessia Alina Amara Amelie Amir Anders Andrei Anika Anouk Antonio Arjun Astrid Ayesha Beatriz
  Bilal Bjorn Bruno Camila Carlos Carmen Catherine Cedric Chiara Chidi Chloe Clara Connor Daichi Daniela Darius David Deepa
  Diego Dmitri Elena Eleni Elias Elif Emeka Emily Emre Erik Esther Ethan Fatima Felix Fiona Francesca Gabriel Giulia Grace
  Greta Hamza Hanna Haruto Helen Henrik Hiroshi Hugo Ibrahim Ines Ingrid Isabel Ivan Jack Jamal James Jana Javier Jelena
  Jonas Joao Josephine Julia Kamal Karin Karolina Kenji Kofi Kwame Lara Lars Laura Leila Leon Lina Lorenzo Lucia Magnus
  Malik Marco Margot Maria Marek Mariam Martin Mateo Matilda Mei Mia Miguel Mikael Mina Mohamed Monica Nadia Naomi Natalia
  Nia Nikolai Noah Nora Oliver Olga Omar Oscar Paolo Patricia Paul Petra Pierre Priya Rafael Rania Ravi Rebecca Robert Rosa
  Ruth Sami Samuel Sanjay Sara Sebastian Selma Sofia Stefan Sunita Svetlana Tariq Tatiana Theo Thomas Tomas Valentina Vera
  Victor Wanjiru William Xavier Yara Yasmin Yuki Yusuf Zainab Zoe`);

export const LAST_NAMES = list(`
  Abadi Adeyemi Almeida Andersson Aoki Bakker Baptiste Barros Becker Bergstrom Bianchi Blanc Boateng Braun Brennan Cardoso
  Castillo Chen Cohen Conti Cooper Costa Dahl Das Delgado Desai Diaz Dubois Eriksen Esposito Evans Farah Fernandez Ferrari
  Fischer Fontaine Fujimoto Garcia Georgiou Gomez Gupta Haddad Hansen Hassan Hernandez Hoffmann Horvat Hughes Ibarra Ito
  Ivanov Jansen Johansson Kaur Kaya Keller Khan Kim Kimura Klein Kowalski Kruger Kumar Larsen Laurent Lebedev Lee Lefevre
  Levy Li Lima Lopez Mancini Marino Martins Mbeki Mehta Meier Mendes Mensah Meyer Moreau Moreno Moretti Mori Muller Murphy
  Mwangi Nakamura Navarro Nel Nguyen Nielsen Novak Nowak Obi Odhiambo Okonkwo Olsen Ortega Osei Park Patel Pavlov Pereira
  Perez Petrov Pham Popescu Quinn Rahman Ramos Rao Reyes Ricci Richter Rivera Romano Rossi Roy Ruiz Saito Salazar Sanchez
  Santos Sato Schmidt Schneider Schulz Sharma Silva Singh Sokolov Sousa Suzuki Svensson Takahashi Tanaka Thompson Torres
  Tran Vargas Vasquez Virtanen Vogel Volkov Wagner Walker Wang Weber Weiss Wright Wu Yamamoto Yang Yilmaz Zhang Zimmermann`);

export const FREE_MAIL_DOMAINS = ['gmail.com', 'outlook.com', 'yahoo.com', 'icloud.com', 'proton.me', 'gmx.net'];

export const JOB_TITLES = [
  'Account Manager',
  'Accounts Payable Specialist',
  'Analytics Engineer',
  'Chief Executive Officer',
  'Chief Financial Officer',
  'Chief Technology Officer',
  'Customer Success Lead',
  'Data Analyst',
  'Data Engineer',
  'Engineering Manager',
  'Finance Manager',
  'Founder',
  'Head of Growth',
  'Head of IT',
  'Head of Operations',
  'Head of Procurement',
  'IT Administrator',
  'Marketing Manager',
  'Office Manager',
  'Operations Analyst',
  'Platform Engineer',
  'Product Manager',
  'Product Owner',
  'Programme Manager',
  'QA Engineer',
  'Revenue Operations Manager',
  'Sales Director',
  'Security Engineer',
  'Senior Software Engineer',
  'Software Engineer',
  'Solutions Architect',
  'Support Team Lead',
  'UX Designer',
  'VP Engineering',
  'VP Sales',
];
