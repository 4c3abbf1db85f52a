"""French word families that a stemmer gets wrong, a family a line, folded.

Snowball cuts endings by rule: it joins « maire » and « mairie », « public » and « publication », and it
parts « choisir » from « choix », « décider » from « décision ». Here stand common words of public life
for which that would cost an answer or give a wrong one; a form that is left out goes to the stemmer.
Words are of one family where one means doing, the deed, the doer or the quality of the other.
"""

from __future__ import annotations

#: joined by the stemmer, apart in meaning
_APART = """
    maire maires
    mairie mairies
    voir vois voit voient voyait vu vus vue vues
    voirie voiries
    voie voies
    gare gares
    garant garants garante garantes
    commun communs
    commune communes communal communale communaux communales
    communication communications communiquer communique communiques communiquee communiquees
    commission commissions
    donnee donnees
    indicateur indicateurs
    petit petits petite petites
    data datas
    direct directs directe directes directement
    direction directions
    equipement equipements
    departement departements departemental departementale departementales departementaux
    mobilite mobilites
    formation formations former formateur formateurs formatrice formatrices
    format formats
    etudiant etudiants etudiante etudiantes
    association associations associatif associatifs associative associatives
    montant montants
    operateur operateurs
    relais
    serie series
    part parts
    partie parties
    note notes noter notee notees
    socialiste socialistes
    attention attentions
    public publics publique publiques publiquement
    publication publications publier publie publies publiee publiees publient
    concert concerts
    concertation concertations concerter concerte concertee concertees concertes
    habitant habitants habitante habitantes habiter habitent
    habitation habitations habitat habitats
"""

#: parted by the stemmer, one in meaning
_TOGETHER = """
    satisfaire satisfait satisfaits satisfaite satisfaites satisfaisant satisfaisante satisfaction
    contribution contributions contribuer contribue contribuent contributeur contributeurs contributrice
    choix choisir choisit choisi choisis choisie choisies choisissent choisissant
    achat achats acheter achete achetee achetes achetees acheteur acheteurs
    decision decisions decider decide decides decidee decidees decident decisionnel
    inscription inscriptions inscrire inscrit inscrits inscrite inscrites inscrivent
    reponse reponses repondre repond repondent repondu repondus repondait
    soutien soutiens soutenir soutient soutenu soutenus soutenue soutenues
    gestion gerer gere geree geres gerees gerent gestionnaire gestionnaires
    redaction rediger redige rediges redigee redigees redigent
    echec echecs echouer echoue echoues echouent
    cout couts couter coute coutent coutait couteux couteuse couteuses
    paiement paiements payer paye payes payee payees payent payant payants payante payantes
    finance finances financer financee financees financement financements financier financiers financiere
    budget budgets budgetaire budgetaires
    vote votes voter votent votant votants votee votees
    election elections electoral electorale electorales electoraux electeur electeurs electrice
    candidat candidats candidate candidates candidature candidatures
    proposition propositions proposer propose proposes proposee proposees proposent
    suggestion suggestions suggerer suggere suggeres suggeree
    discussion discussions discuter discute discutes discutee discutees discutent
    expression expressions exprimer exprime exprimes exprimee exprimees expriment
    conception concevoir concu concus concue concues
    construction constructions construire construit construits construite construites construisent
    creation creations creer cree crees creee creees creent createur createurs creatrice
    reunion reunions reunir reunit reuni reunis reunie reunies reunissent
    depot depots deposer depose deposes deposee deposees deposent deposant
    essai essais essayer essaye essayes essayee essaie
    envoi envois envoyer envoie envoye envoyes envoyee envoyees envoient
    emploi emplois employer emploie employe employes employee employees
    appui appuis appuyer appuie appuye appuyes appuyee appuient
    suivi suivis suivie suivies suivre
    reussite reussites reussir reussi reussit
    inclusion inclure inclus incluse inclut inclusif inclusifs inclusive inclusives
    exclusion exclusions exclure exclu exclus exclue exclues exclut
    mediation mediations mediateur mediateurs mediatrice mediatrices
    jeune jeunes jeunesse
    lycee lycees lyceen lyceens lyceenne lyceennes
    college colleges collegien collegiens collegienne collegiennes
    benevole benevoles benevolat
    anonyme anonymes anonymat
    metropole metropoles metropolitain metropolitains metropolitaine metropolitaines
    region regions regional regionale regionales regionaux
    municipal municipale municipaux municipales municipalite municipalites
"""

FAMILIES = _APART + _TOGETHER
#: form → name of its family, unlike any stem
FAMILY = {form: f"={line.split()[0]}" for line in FAMILIES.splitlines() for form in line.split()}
