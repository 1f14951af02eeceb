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
    no_question="Je n'ai pas trouvé de question. Écrivez-la en quelques mots, par exemple « Qu'est-ce que la réinduction? »",
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
)

LANGUAGES = {"en": ENGLISH, "fr": FRENCH}


def wording(language: str) -> Wording:
    return LANGUAGES.get(language, ENGLISH)


def urgent(language: str) -> str:
    return wording(language).urgent.format(emergency=EMERGENCY_NUMBER, crisis=CRISIS_NUMBER)
