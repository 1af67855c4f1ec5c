"""The phrases of couriers in Italy, Portugal and Brazil, by reason; spelt as in `phrases.py`."""

from __future__ import annotations

ITALIAN: dict[str, str] = {
    "not_attempted": """
        non tentata|tentato; nessun tentativo; mancanza di tempo; fuori orario; per .. tempo
        veicolo|mezzo|furgone .. guasto; guasto .. veicolo|mezzo|furgone; giro .. completato
        """,
    "not_collected": """
        giacenza .. scadut*|terminat*; compiuta giacenza; termine .. giacenza; non ritirat*
        mancato ritiro; ferm* deposito .. nessun*
        """,
    "ready_for_pickup": """
        in giacenza; giacente; fermo deposito; fermopoint; disponibil* .. ritiro|ritirat*
        pront* .. ritiro|ritirat*; in attesa di ritiro; da ritirare; ritirabile; puo ritirare
        punto di ritiro
        """,
    "to_pickup_point": "dirottat*; reindirizzat* .. punto; deviat* .. punto|negozio|locker",
    "returned": """
        reso al mittente; restituit* al mittente; rientr* al mittente; rispedit* al mittente
        ritorn* al mittente; in reso; rinviat* al mittente
        """,
    "duties_unpaid": "dazi; dazio; oneri doganali; spese doganali; diritti doganali; iva .. pagat*",
    "phone_missing": """
        numero di telefono .. mancante|errato|inesistente|sbagliato; manca .. telefono
        telefono .. mancante|errato|inesistente; senza telefono
        """,
    "payment_due": """
        contrassegno; non .. paga|pagare|pagato; contant*; denaro; senza soldi; importo non
        pagamento
        """,
    "refused": """
        rifiut*; respint*; non accetta*; non vuole; annullat* dal cliente; ordine .. annullato
        mai ordinat*; non ha ordinato
        """,
    "identification_failed": """
        documento .. identita|riconoscimento|valido; firma mancante|richiesta; minorenn*; otp errato
        senza documento; codice .. consegna|pin
        """,
    "damaged": "danneggiat*; danno; rott*; manomess*; avariat*; bagnat*; aperto",
    "destroyed": "distrutt*; smaltit*",
    "lost": """
        smarrit*; smarrimento; collo|colli i mancant*; perso|persa|perdut*; rubat*; furto
        non rintracciabil*
        """,
    "prohibited": """
        merce|contenuto|prodotto vietat*; merce pericolosa; merci pericolose; fuori misura
        peso eccessivo
        """,
    "documents_missing": """
        document* .. mancant*|incomplet*; fattura mancante; manca .. fattura
        documentazione
        """,
    "customs_hold": "dogana; sdoganamento; doganal*",
    "weather_delay": "maltempo; neve; nevicat*; pioggia; alluvion*; nebbia; ghiaccio; temporale",
    "moved": """
        destinatario|cliente .. trasferit*; trasferit* altrove; trasloc*; cambiato indirizzo
        non .. abita|risiede .. piu; non piu residente; non abita; ha cambiato
        """,
    "business_closed": """
        chius*; turno di riposo; ferie; festivo; festivita; giorno di riposo; nessuna attivita
        """,
    "out_of_area": "fuori zona; zona non .. servita|coperta; localita disagiata; non servit*",
    "address_not_found": """
        indirizzo|via|civico .. non .. trovat*|esiste|individuat*|reperibile
        indirizzo|via|civico inesistente|sconosciuto; non trova .. indirizzo|civico|via
        """,
    "address_incorrect": """
        indirizzo .. errat*|incomplet*|incorrett*|insufficient*|inesatt*|sbagliat*|mancante
        manca .. civico|cap|interno|indirizzo; civico mancante|errato; cap errato|mancante|sbagliato
        errato|incompleto indirizzo; dati .. incompleti|errati
        """,
    "access_restricted": """
        accesso non|negato|impossibile|vietato|limitato; nessun accesso; impossibile accedere; cane
        cancello|portone chiuso; citofono .. non|guasto|rotto; ztl; traffico limitato
        strada .. chiusa|interrotta
        """,
    "recipient_unavailable": """
        assent*; nessuno .. casa; nessuno in; nessuno .. ritirare|risponde; avviso lasciato
        lasciato .. avviso; avviso di passaggio; avviso di giacenza; non risponde; irraggiungibile
        non raggiungibile; non in casa; non reperibile; non .. presente; non .. disponibile
        """,
    "unable_to_locate": """
        sconosc*; destinatario non .. trovato|individuato; irreperibil*; nome .. citofono
        nome non .. presente|trovato
        """,
    "rescheduled": """
        appuntamento; nuova data; consegna .. concordata|posticipata|rinviata|riprogrammata
        posticipat*; rinviat*; rimanda* .. consegna; riprogrammat*; altra data; altro giorno
        """,
    "locker_unsuitable": "locker pieno; troppo grande; non entra; armadietto pieno",
    "courier_problem": """
        sciopero; errore .. smistamento; disguido; instradamento; guasto; incidente
        """,
    "cancelled": "annullat*; annullamento",
    "delayed": "ritard*",
    "attempt_failed": "mancata consegna; tentativ*; consegna non|fallita; non consegnat*",
    "undeliverable": "impossibile consegnare; non recapitabil*; consegna impossibile",
}

PORTUGUESE: dict[str, str] = {
    "not_attempted": """
        motoboy|entregador|motorista nao; nao tentad*; sem tentativa; falta de tempo
        veiculo .. quebrad*|avariad*; rota nao
        entrega nao tentada; nao houve tempo; tempo insuficiente
        """,
    "not_collected": """
        nao procurado; nao retirad*|retirou; nao levantad*|levantou; nao veio retirar
        prazo .. retirada|levantamento; nao reclamad*
        """,
    "ready_for_pickup": """
        aguardando retirada; aguarda levantamento; disponivel .. retirada|levantamento|retirar
        pront* .. retirada|levantamento; aguarda retirada; retirar na|no agencia|loja
        """,
    "returned": """
        devolvid* ao remetente; devolucao ao remetente; em devolucao; retorn* ao remetente
        devolvid* a origem
        """,
    "duties_unpaid": "imposto*; tributo*; taxa .. importacao; direitos aduaneiros",
    "phone_missing": "telefone .. incorreto|errado|inexistente|faltando; sem telefone",
    "payment_due": """
        sem dinheiro; nao tem|tinha .. valor|troco|dinheiro; taxa .. pagar; pagamento
        nao .. pagou; troco; numerario
        """,
    "refused": "recusad*; recusou; recusa; nao aceit*; nao quis; nao quer; desistiu",
    "identification_failed": """
        documento .. identi*|identificacao|exigido; apresent* .. documento
        assinatura; menor de idade
        """,
    "damaged": "danificad*;  quebrad*; rasgad*; molhad*",
    "lost": "extraviad*; extravio; roubad*; roubo; furtad*; nao localizado pela",
    "customs_hold": "alfandega; aduaneir*; desalfandegamento; fiscalizacao",
    "weather_delay": "chuva*; alagament*; enchente*; tempestade; mau tempo; condicoes climaticas",
    "moved": "mudou; mudou se; mudanca de endereco; nao mora; nao reside",
    "business_closed": "fechad*; feriado; ferias; encerrad*; sem expediente",
    "out_of_area": """
        fora da area; fora da zona; area|localidade|regiao|cep nao .. atendid*
        area de risco
        """,
    "address_not_found": """
        endereco|morada|rua|numero nao .. encontrad*|localizad*|existe
        endereco|morada|numero inexistente
        """,
    "address_incorrect": """
        endereco|morada .. incorret*|incomplet*|insuficiente|errad*
        cep .. incorreto|errado|invalido
        falta .. numero|complemento|andar; numero .. faltando; complemento
        """,
    "access_restricted": """
        sem acesso; acesso .. restrito|negado|impossivel; portaria; portao; cachorro
        """,
    "recipient_unavailable": """
        ausente; ninguem; nao .. encontrad*; nao atende; nao atendeu; nao estava; nao contactavel
        aviso deixado; sem resposta; carteiro nao atendido
        """,
    "unable_to_locate": "desconhecid*; destinatario nao .. identificado|localizado",
    "rescheduled": "reagendad*; agendad*; nova data; remarcad*; outro dia; reprogramad*",
    "courier_problem": "greve; falha; erro .. triagem; extraviad* na triagem; acidente",
    "cancelled": "cancelad*",
    "delayed": "atras*",
    "attempt_failed": "tentativa; nao entregue; entrega nao; insucesso",
    "undeliverable": "impossivel entregar; nao foi possivel .. entrega*",
}
