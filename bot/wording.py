"""Every sentence of the bot's own, in one place, for a clinician to review in five minutes.

Plain words, no advice, no promise, no blame. Nothing else the bot says is its own: all the rest is
quoted. `{…}` is filled in: {emergency} and {crisis} are the numbers configured for the region.
"""

import os
from dataclasses import dataclass

EMERGENCY_NUMBER = os.environ.get("CHATBOT_EMERGENCY_NUMBER") or "911"
CRISIS_NUMBER = os.environ.get("CHATBOT_CRISIS_NUMBER") or "988"


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences in one language. `topics` completes "This page does not cover …"."""

    urgent: str
    related: str
    not_covered: str
    not_covered_topic: str
    small_talk: str
    no_question: str
    too_long: str
    searched_for: str
    english_only: str
    topics: dict[str, str]
    page: dict[str, str]


ENGLISH = Wording(
    urgent=(
        "If someone may be in danger right now, call {emergency} or go to the nearest emergency department, "
        "or use the number your care team gave you for emergencies. If someone may be thinking about ending "
        "their life, call or text {crisis} at any time. This page cannot help in an emergency."
    ),
    related=(
        "This page does not answer that. The nearest thing it says is below. Your child's care team can tell you more."
    ),
    not_covered="This page does not answer that. Your child's care team or the helpline below may be able to help.",
    not_covered_topic=(
        "This page does not cover {topic}. Your child's care team or the helpline below may be able to help."
    ),
    small_talk="Hello. You can ask about treatments for childhood ALL that has come back or has not responded.",
    no_question="I could not find a question in that. Please ask in a few words, such as “What is reinduction?”",
    too_long="Your message is very long, so only the first {limit} characters were read.",
    searched_for="Searched for: {words}.",
    english_only="",
    topics={
        "side_effects": "side effects",
        "dose": "doses",
        "missed_dose": "missed doses",
        "storage": "how to store medicines",
        "interactions": "taking medicines together",
        "cost": "costs or coverage",
        "diet": "food and drink",
        "survival": "survival figures",
        "school": "school",
        "fertility": "fertility or pregnancy",
        "vaccines": "vaccines",
        "causes": "causes",
        "symptoms": "signs and symptoms",
        "tests": "tests",
        "other_cancers": "other types of cancer",
        "adults": "treatment for adults",
        "first_treatment": "the first treatment after diagnosis",
        "alternative_medicine": "alternative or complementary medicine",
        "hospitals": "hospitals or doctors",
        "trials_near_me": "which clinical trials are open or how to join one",
        "emotional_support": "coping and emotional support",
        "other_drugs": "that medicine",
        "late_effects": "long-term effects",
        "daily_life": "daily life during treatment",
        "infection": "infections or how to prevent them",
        "pain": "pain or what a treatment feels like",
        "donation": "donating blood or stem cells",
        "end_of_life": "end-of-life care",
        "relapse_risk": "how likely a relapse is",
        "prevention": "prevention",
        "treatment_logistics": "how treatment is organized",
        "duration": "how long treatment takes",
        "donors": "other donors or how a match is found",
        "brand_name": "that brand name",
        "age": "age limits",
    },
    page={
        "language": "English",
        "promise": "Ask in your own words. You will see the parts of this document that answer, word for word.",
        "whose": "The document is by the {publisher} ({year}). This page is not affiliated with it.",
        "whose_unknown": "The words come from this document. This page is not affiliated with those who wrote it.",
        "try": "Questions you can tap",
        "helpline": "Helpline",
        "emergency": "Emergency",
        "call": "Call {number}",
        "crisis": "Crisis line: call or text {number}",
        "box": "Your question",
        "placeholder": "Type here",
        "send": "Ask",
        "log": "Questions and answers",
        "empty": "(nothing was typed)",
        "looking": "Looking in the document …",
        "failed": "Sorry, that did not work. Please try again in a moment. The helpline is at the top of this page.",
        "again": "Try again",
        "answered": "Quoted from the document",
        "answered_key": "Marked words answer your question most directly.",
        "related_badge": "Not an answer. The nearest words in the document",
        "not_covered_badge": "Not in this document",
        "urgent_badge": "Get help now",
        "source": "{title}. {publisher}, {year}.",
        "section": "Read the whole section",
        "more": "Also in the document: {count}",
        "copy": "Copy with source",
        "copied": "Copied",
        "not_copied": "Your browser did not allow copying.",
        "link": "Copy a link to this question",
        "print": "Print",
        "disclaimer": "From the document: medical disclaimer",
        "disclaimer_rest": "Read the rest of the disclaimer",
        "contact": "From the document: contact",
        "vote": "Was this helpful?",
        "vote_privacy": "Only the vote is counted, never your question.",
        "yes": "Yes",
        "no": "No",
        "thanks": "Thank you. Your vote was counted.",
        "covers": "What this page covers",
        "covers_more": "Tap a question to ask it.",
        "brackets": "Square brackets mark a heading that the source had lost.",
        "cannot": "What it cannot tell you",
        "cannot_more": "This document does not cover these. Your child's care team can help with them.",
        "about": "Your questions are not stored. No cookies. No tracking.",
        "staff": "For staff",
        "staff_title": "Staff view",
        "staff_more": "Shows ranks, confidence and offsets, and up to ten passages, for the next question.",
        "filter": "Search in",
        "everything": "Everything",
        "repeat": "Ask the last question again",
        "keys": "Keys",
        "key_box": "go to the question box",
        "key_leave": "leave the box, to the newest answer",
        "key_next": "next passage",
        "key_previous": "previous passage",
        "key_copy": "copy this passage with its source",
        "legend": "Legend",
        "legend_rank": "Rank: order in the search. It does not say that a passage answers.",
        "legend_confidence": "Confidence: the chance, from 0 to 1, that the first passage answers.",
        "legend_score": "Score: how well a passage ranks. Compare it within one question only.",
        "legend_offsets": "Offsets: first and last character in the file, counted from 0, end excluded.",
        "ranked": "Passages by rank: {count}",
        "rank": "Rank {rank}",
        "confidence": "Confidence",
        "score": "Score",
        "offsets": "Offsets",
        "said_answered": "Answer from the document, under {heading}:",
        "said_related": "Not an answer. The nearest words in the document, under {heading}:",
        "said_not_covered": "Not in this document.",
    },
)

FRENCH = Wording(
    urgent=(
        "Si quelqu'un est peut-être en danger en ce moment, appelez le {emergency} ou allez au service d'urgence "
        "le plus proche, ou utilisez le numéro d'urgence donné par votre équipe de soins. Si quelqu'un pense "
        "peut-être à mettre fin à ses jours, appelez ou textez le {crisis}, à toute heure. "
        "Cette page ne peut pas aider en cas d'urgence."
    ),
    related=(
        "Cette page ne répond pas à cette question. Ce qu'elle dit de plus proche est ci-dessous. "
        "L'équipe de soins de votre enfant peut vous en dire plus."
    ),
    not_covered=(
        "Cette page ne répond pas à cette question. "
        "L'équipe de soins de votre enfant ou la ligne d'aide ci-dessous peut vous aider."
    ),
    not_covered_topic=(
        "Cette page ne parle pas de ce sujet : {topic}. "
        "L'équipe de soins de votre enfant ou la ligne d'aide ci-dessous peut vous aider."
    ),
    small_talk=(
        "Bonjour. Vous pouvez poser une question sur les traitements de la LAL de l'enfant qui est revenue "
        "ou qui n'a pas répondu."
    ),
    no_question=(
        "Je n'ai pas trouvé de question. Écrivez-la en quelques mots, par exemple « Qu'est-ce que la réinduction? »"
    ),
    too_long="Votre message est très long : seuls les {limit} premiers caractères ont été lus.",
    searched_for="Recherche faite pour : {words}.",
    english_only="Les passages cités sont en anglais, la langue du document.",
    topics={
        "side_effects": "les effets secondaires",
        "dose": "les doses",
        "missed_dose": "les doses oubliées",
        "storage": "la conservation des médicaments",
        "interactions": "la prise de plusieurs médicaments",
        "cost": "les coûts et le remboursement",
        "diet": "l'alimentation",
        "survival": "les chiffres de survie",
        "school": "l'école",
        "fertility": "la fertilité et la grossesse",
        "vaccines": "les vaccins",
        "causes": "les causes",
        "symptoms": "les signes et symptômes",
        "tests": "les examens",
        "other_cancers": "les autres cancers",
        "adults": "le traitement des adultes",
        "first_treatment": "le premier traitement après le diagnostic",
        "alternative_medicine": "les médecines parallèles",
        "hospitals": "les hôpitaux et les médecins",
        "trials_near_me": "les essais cliniques ouverts et la façon d'y participer",
        "emotional_support": "le soutien émotionnel",
        "other_drugs": "ce médicament",
        "late_effects": "les effets à long terme",
        "daily_life": "la vie de tous les jours pendant le traitement",
        "infection": "les infections",
        "pain": "la douleur",
        "donation": "le don de sang ou de cellules souches",
        "end_of_life": "les soins de fin de vie",
        "relapse_risk": "le risque de rechute",
        "prevention": "la prévention",
        "treatment_logistics": "l'organisation du traitement",
        "duration": "la durée du traitement",
        "donors": "les autres donneurs",
        "brand_name": "cette marque",
        "age": "les limites d'âge",
    },
    page={
        "language": "Français",
        "promise": "Posez une question dans vos mots. Vous verrez, mot pour mot, les passages qui y répondent.",
        "whose": "Document : {publisher} ({year}). Cette page n'y est pas affiliée.",
        "whose_unknown": "Les mots viennent de ce document. Cette page n'est pas affiliée à ses auteurs.",
        "try": "Questions à toucher",
        "helpline": "Ligne d'aide",
        "emergency": "Urgence",
        "call": "Appeler le {number}",
        "crisis": "Ligne de crise : appel ou texto au {number}",
        "box": "Votre question",
        "placeholder": "Écrivez ici",
        "send": "Demander",
        "log": "Questions et réponses",
        "empty": "(rien n'a été écrit)",
        "looking": "Recherche dans le document …",
        "failed": "Désolé, cela n'a pas marché. Réessayez dans un moment. La ligne d'aide est en haut de la page.",
        "again": "Réessayer",
        "answered": "Cité du document",
        "answered_key": "Les mots surlignés répondent le plus directement à votre question.",
        "related_badge": "Ce n'est pas une réponse. Les mots les plus proches dans le document",
        "not_covered_badge": "Pas dans ce document",
        "urgent_badge": "Demandez de l'aide maintenant",
        "source": "{title}. {publisher}, {year}.",
        "section": "Lire toute la section",
        "more": "Aussi dans le document : {count}",
        "copy": "Copier avec la source",
        "copied": "Copié",
        "not_copied": "Votre navigateur n'a pas permis la copie.",
        "link": "Copier un lien vers cette question",
        "print": "Imprimer",
        "disclaimer": "Tiré du document : avis médical",
        "disclaimer_rest": "Lire la suite de l'avis",
        "contact": "Tiré du document : contact",
        "vote": "Est-ce que cela vous a aidé?",
        "vote_privacy": "Seul le vote est compté, jamais votre question.",
        "yes": "Oui",
        "no": "Non",
        "thanks": "Merci. Votre vote a été compté.",
        "covers": "Ce que contient cette page",
        "covers_more": "Touchez une question pour la poser.",
        "brackets": "Les crochets marquent un titre que la source avait perdu.",
        "cannot": "Ce qu'elle ne peut pas vous dire",
        "cannot_more": "Ce document n'en parle pas. L'équipe de soins de votre enfant peut vous aider.",
        "about": "Vos questions ne sont pas conservées. Pas de témoins (cookies). Pas de suivi.",
        "staff": "Personnel",
        "staff_title": "Vue du personnel",
        "staff_more": "Montre rangs, confiance et positions, et jusqu'à dix passages, dès la prochaine question.",
        "filter": "Chercher dans",
        "everything": "Tout",
        "repeat": "Reposer la dernière question",
        "keys": "Touches",
        "key_box": "aller à la question",
        "key_leave": "quitter la question, vers la dernière réponse",
        "key_next": "passage suivant",
        "key_previous": "passage précédent",
        "key_copy": "copier ce passage avec sa source",
        "legend": "Légende",
        "legend_rank": "Rang : l'ordre de la recherche. Il ne dit pas qu'un passage répond.",
        "legend_confidence": "Confiance : la probabilité, de 0 à 1, que le premier passage réponde.",
        "legend_score": "Score : la place d'un passage. À comparer dans une même question seulement.",
        "legend_offsets": "Positions : premier et dernier caractère du fichier, comptés dès 0, fin exclue.",
        "ranked": "Passages par rang : {count}",
        "rank": "Rang {rank}",
        "confidence": "Confiance",
        "score": "Score",
        "offsets": "Positions",
        "said_answered": "Réponse tirée du document, sous {heading} :",
        "said_related": "Ce n'est pas une réponse. Les mots les plus proches du document, sous {heading} :",
        "said_not_covered": "Pas dans ce document.",
    },
)

ONLY_IN_AN_ANSWER = {"other_drugs", "brand_name"}  # topics whose name points at the question
LANGUAGES = {"en": ENGLISH, "fr": FRENCH}


def wording(language: str) -> Wording:
    return LANGUAGES.get(language, ENGLISH)


def urgent(language: str) -> str:
    return wording(language).urgent.format(emergency=EMERGENCY_NUMBER, crisis=CRISIS_NUMBER)
