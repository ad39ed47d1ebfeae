"""Names for the demonstration: common ones, always followed by "Exemple"."""

FAMILY_NAMES = (
    "Abadie Amiel Arnal Aubert Auriol Azéma Barthe Bastide Baudou Belmas Bénazet Blanc Bonnet "
    "Bosc Bousquet Bru Cabrol Calvet Carrière Castan Cazals Chaumeil Combes Costes Cros Dalmas "
    "Delmas Diallo Dupuy Estève Fabre Faure Ferrand Fournier Galy Garrigues Gay Gleizes Granier "
    "Guiraud Haddad Huguet Izard Jalabert Jourda Julia Kone Lacaze Lafont Lagarde Lamy Laurens "
    "Lopez Maurel Mazet Molinier Montagné Moreau Nadal Nègre Nguyen Olive Pagès Pech Pons Pujol "
    "Rey Ricard Rigal Rives Roques Rouquette Roux Sabatier Salvy Sanchez Serres Soulié Tailhan "
    "Teyssier Vayssière Vergnes Vidal Vigouroux Viguier"
).split()
GUARDIAN_NAMES = (
    "Alix Ange Camille Charlie Claude Dominique Eden Jo Kim Lou Maé Maxime Morgan Noa Sacha Sam "
    "Swann Yaël Aline Bruno Carine David Elsa Farid Gaëlle Hugo Inès Karim Léa Marc Nadia Omar"
).split()
CHILDREN_NAMES = (
    "Adam Alice Ambre Anna Arthur Aya Chloé Côme Diego Élise Emma Éva Gabin Gabriel Hana Hugo "
    "Ibrahim Inès Iris Jade Jules Lina Léo Lila Louis Louise Lucas Maël Malo Manon Mia Mila Nael "
    "Nina Noé Nour Olivia Paul Raphaël Romy Rose Sacha Salomé Tiago Victor Yanis Zélie"
).split()
